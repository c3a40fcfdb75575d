import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Listener {
  readonly port: number;
  /** Resets every connection through it. */
  dropAll(): void;
  close(): Promise<void>;
}

/** Passes each connection on to the port that is right when it comes; hangs up while there is none. */
export async function startListener(target: () => number | undefined): Promise<Listener> {
  const sockets = new Set<Socket>();
  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    track(client);
    const port = target();
    if (port === undefined) return void client.resetAndDestroy();
    const upstream = connect(port, '127.0.0.1');
    track(upstream);
    client.pipe(upstream).pipe(client);
    client.once('close', () => upstream.destroy());
    upstream.once('close', () => client.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const dropAll = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    dropAll,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      dropAll();
      await closed;
    },
  };
}
