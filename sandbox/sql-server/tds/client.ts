import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Column, Value } from './columns';
import type { Login } from './login7';
import { messageType, toPackets } from './packets';
import type { EncryptionPolicy } from './prelogin';
import type { TlsFiles } from './prelogin-tls';
import type { RpcRequest } from './rpc';
import type { ServerMessage } from './tokens';

/** Where the answer to one request is written. Messages leave at once, rows with the next message or the end. */
export interface Reply {
  message(message: ServerMessage): void;
  rows(columns: readonly Column[], rows: readonly (readonly Value[])[]): void;
  /** Tells the client that the session now uses another database. */
  databaseChanged(to: string, from: string): void;
  /** Resets the connection in the middle of the answer. */
  drop(): void;
}

/** The server's side of one login. */
export interface Connection {
  readonly database: string;
  /** Reports its own errors on `reply`. The signal aborts on ATTENTION and when the client goes away. */
  run(request: RpcRequest, reply: Reply, signal: AbortSignal): Promise<void>;
  ended(): void;
}

export interface SessionHost {
  readonly serverName: string;
  readonly version: Buffer;
  readonly encryption: EncryptionPolicy;
  readonly tls: TlsFiles | undefined;
  /** `hangUp` breaks the connection of that login. */
  login(login: Login, hangUp: () => void): { readonly connection: Connection } | { readonly refused: readonly ServerMessage[] };
  /** Called for each ATTENTION received. */
  attention(): void;
}

/** One client: what stays and what changes. */
export interface Client {
  readonly socket: Socket;
  readonly host: SessionHost;
  stream: Duplex;
  packetSize: number;
  packetId: number;
  dropped: boolean;
  outgoing: Buffer[];
  connection: Connection | undefined;
  running: { readonly finished: Promise<void>; readonly abort: AbortController } | undefined;
}

/** Resets the connection; nothing more is sent. */
export function hangUp(client: Client): void {
  client.dropped = true;
  client.socket.resetAndDestroy();
}

/** Sends what is outgoing: as the end of a message, or as a part of it. */
export function send(client: Client, last: boolean): void {
  const payload = Buffer.concat(client.outgoing);
  client.outgoing = [];
  if (client.dropped || client.stream.destroyed) return;
  const { packetSize } = client;
  const nextId = () => ++client.packetId;
  client.stream.write(toPackets(payload, { type: messageType.reply, packetSize, last, nextId }));
}
