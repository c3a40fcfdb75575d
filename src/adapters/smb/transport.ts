import { connect, type Socket } from 'node:net';
import { createFrameReader, frameHeader } from './frames';
import { SmbError } from './smb-error';

export interface TransportOptions {
  readonly host: string;
  readonly port: number;
  /** Milliseconds until the connection has to be there. */
  readonly timeoutMs: number;
}

export interface TransportEvents {
  frame(frame: Buffer): void;
  /** The connection is of no use any more. Comes once, also after `destroy()`. */
  end(error: SmbError): void;
}

export interface Transport {
  /** Settles once the connection is there, or cannot be had. */
  readonly opened: Promise<undefined>;
  send(message: Buffer): void;
  setLimit(bytes: number): void;
  /** Whether the connection keeps the process alive; it does at first. */
  hold(isNeeded: boolean): void;
  destroy(): void;
}

const keepAliveMs = 30_000;

/** A TCP connection that carries whole messages. */
export function createTransport(options: TransportOptions, events: TransportEvents): Transport {
  const server = `${options.host}:${options.port}`;
  let failure: SmbError | undefined;
  const reader = createFrameReader(events.frame);
  const opened = Promise.withResolvers<undefined>();

  const socket: Socket = connect({
    host: options.host,
    port: options.port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: keepAliveMs,
    onread: {
      buffer: reader.room,
      callback(bytes) {
        try {
          reader.received(bytes);
        } catch (error) {
          fail(
            error instanceof SmbError
              ? error
              : new SmbError('protocol', `A message of ${server} made no sense`, { cause: error }),
          );
        }
        return true;
      },
    },
  });
  const fail = (error: SmbError) => {
    if (failure !== undefined) return;
    failure = error;
    clearTimeout(timer);
    opened.reject(error);
    socket.destroy();
    events.end(error);
  };
  const timer = setTimeout(
    () => fail(new SmbError('unreachable', `${server} took no connection within ${options.timeoutMs} ms`, { code: 'ETIMEDOUT' })),
    options.timeoutMs,
  );
  let isOpen = false;
  socket.once('connect', () => {
    isOpen = true;
    clearTimeout(timer);
    opened.resolve(undefined);
  });
  socket.on('error', (error) => fail(isOpen ? connectionLost(server, error) : noConnection(server, error)));
  socket.on('end', () => fail(connectionLost(server)));
  socket.on('close', () => fail(connectionLost(server)));

  let unsent: Buffer[] = [];
  const flush = () => {
    const messages = unsent;
    unsent = [];
    if (failure === undefined) socket.write(Buffer.concat(messages));
  };

  return {
    opened: opened.promise,
    send(message) {
      // What is sent in one turn goes out in one write.
      if (unsent.length === 0) process.nextTick(flush);
      unsent.push(frameHeader(message.length), message);
    },
    setLimit: reader.setLimit,
    hold(isNeeded) {
      if (isNeeded) socket.ref();
      else socket.unref();
    },
    destroy: () => fail(new SmbError('closed', `The connection to ${server} was closed`)),
  };
}

function connectionLost(server: string, cause?: NodeJS.ErrnoException): SmbError {
  const code = cause?.code;
  return new SmbError('lost', `${server} ended the connection${code === undefined ? '' : ` (${code})`}`, { code, cause });
}

/** Windows sandboxes and firewalls on this machine answer with a refusal of the system, before anything is sent. */
function noConnection(server: string, cause: NodeJS.ErrnoException): SmbError {
  const { code } = cause;
  if (code === 'EACCES' || code === 'EPERM') {
    return new SmbError('blocked', `The system this runs on forbids connections to ${server} (${code})`, { code, cause });
  }
  return new SmbError('unreachable', `Cannot connect to ${server} (${code ?? cause.message})`, { code, cause });
}
