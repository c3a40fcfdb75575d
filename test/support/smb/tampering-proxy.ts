import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

/** Gets each message on its way, counted from 0 on each connection, and says what goes on instead of it. */
export type Tamper = (message: Buffer, number: number) => readonly Buffer[];

export interface TamperingProxy {
  readonly port: number;
  /** Connections taken so far. */
  connections(): number;
  /** From now on, of messages of the client. */
  toServer(tamper: Tamper): void;
  toClient(tamper: Tamper): void;
  /** Whether bytes go to the client one by one. */
  drip(isOn: boolean): void;
  reset(): void;
  close(): Promise<void>;
}

const untouched: Tamper = (message) => [message];

/** Stands before 127.0.0.1:`target` as somebody would who sits on the wire: it sees whole messages, and has no key. */
export async function startTamperingProxy(target: number): Promise<TamperingProxy> {
  const sockets = new Set<Socket>();
  let count = 0;
  let up = untouched;
  let down = untouched;
  let isDripping = false;

  const server = createServer((client) => {
    count += 1;
    const upstream = connect(target, '127.0.0.1').setNoDelay(true);
    client.setNoDelay(true);
    for (const [from, to, tamper] of [[client, upstream, () => up] as const, [upstream, client, () => down] as const]) {
      sockets.add(from);
      let number = 0;
      from.on(
        'data',
        splitter((message) => {
          for (const changed of tamper()(message, number++)) write(to, changed, to === client && isDripping);
        }),
      );
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => count,
    toServer: (tamper) => (up = tamper),
    toClient: (tamper) => (down = tamper),
    drip: (isOn) => (isDripping = isOn),
    reset() {
      up = untouched;
      down = untouched;
      isDripping = false;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Puts messages together again from whatever pieces they come in. */
export function splitter(deliver: (message: Buffer) => void): (chunk: Buffer) => void {
  let held: Buffer = Buffer.alloc(0);
  return (chunk) => {
    held = Buffer.concat([held, chunk]);
    while (held.length >= 4 && held.length >= 4 + held.readUInt32BE(0)) {
      const end = 4 + held.readUInt32BE(0);
      const message = Buffer.from(held.subarray(4, end));
      held = held.subarray(end);
      deliver(message);
    }
  };
}

function write(to: Socket, message: Buffer, oneByOne: boolean): void {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(message.length);
  const frame = Buffer.concat([header, message]);
  if (!oneByOne) to.write(frame);
  else for (let at = 0; at < frame.length; at++) to.write(frame.subarray(at, at + 1));
}
