import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { columnMetadata, rowToken, type Column, type Value } from './columns';
import { readLogin7, type Login } from './login7';
import { createMessageReader, messageType, toPackets } from './packets';
import { agreeOnEncryption, encryption, preloginReply, requestedEncryption, type EncryptionPolicy } from './prelogin';
import { startPreloginTls, type TlsFiles } from './prelogin-tls';
import { readRpc, type RpcRequest } from './rpc';
import { done, doneStatus, doneToken, environmentChange, loginAcknowledgement, messageToken, returnStatus, type ServerMessage } from './tokens';

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
  login(login: Login): { readonly connection: Connection } | { readonly refused: readonly ServerMessage[] };
  /** Called for each ATTENTION received. */
  attention(): void;
}

/** One client: what stays and what changes. */
interface Client {
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

/** Serves one client from PRELOGIN to the end of its connection. */
export function serveSession(socket: Socket, host: SessionHost): void {
  const client: Client = {
    socket,
    host,
    stream: socket,
    packetSize: 4096,
    packetId: 0,
    dropped: false,
    outgoing: [],
    connection: undefined,
    running: undefined,
  };
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  socket.once('close', () => {
    client.running?.abort.abort(new Error('The client went away'));
    client.connection?.ended();
  });
  listen(client);
}

function listen(client: Client): void {
  const read = createMessageReader((type, payload) => {
    if (type === messageType.prelogin) return answerPrelogin(client, payload);
    if (type === messageType.login7) return answerLogin(client, payload);
    if (type === messageType.attention) return void answerAttention(client);
    if (type === messageType.batch) return startRequest(client, () => readBatch(payload), false);
    if (type === messageType.rpc) return startRequest(client, () => readRpc(payload), true);
    client.socket.destroy();
  });
  client.stream.on('error', () => client.socket.destroy());
  client.stream.on('data', (chunk: Buffer) => {
    try {
      read(chunk);
    } catch {
      // Bytes that are no TDS at all: a real server hangs up too.
      client.socket.destroy();
    }
  });
}

function answerPrelogin(client: Client, payload: Buffer): void {
  const { socket, host } = client;
  const agreed = agreeOnEncryption(requestedEncryption(payload), host.encryption);
  client.outgoing.push(preloginReply(host.version, agreed));
  send(client, true);
  if (agreed === encryption.notSupported || host.tls === undefined) return;
  socket.removeAllListeners('data');
  client.stream = startPreloginTls(socket, host.tls);
  listen(client);
}

function answerLogin(client: Client, payload: Buffer): void {
  const { host } = client;
  const login = readLogin7(payload);
  const decision = host.login(login);
  if ('refused' in decision) {
    client.outgoing.push(...decision.refused.map((message) => messageToken(message, host.serverName)));
    client.outgoing.push(done(doneToken.batch, doneStatus.error));
    send(client, true);
    client.stream.end();
    return;
  }
  client.connection = decision.connection;
  const { database } = decision.connection;
  const changed = { number: 5701, class: 10, state: 2, text: `Changed database context to '${database}'.` };
  client.outgoing.push(
    environmentChange.database(database, 'master'),
    messageToken(changed, host.serverName),
    environmentChange.collation(),
    loginAcknowledgement(host.version),
    environmentChange.packetSize(login.packetSize),
    done(doneToken.batch, doneStatus.final),
  );
  send(client, true);
  client.packetSize = login.packetSize;
}

/** A client waits for two messages: the end of the answer it interrupts, then a DONE that acknowledges the ATTENTION. */
async function answerAttention(client: Client): Promise<void> {
  client.host.attention();
  client.running?.abort.abort(new Error('ATTENTION'));
  await client.running?.finished;
  client.outgoing.push(done(doneToken.batch, doneStatus.attention));
  send(client, true);
}

function startRequest(client: Client, read: () => RpcRequest, isRpc: boolean): void {
  const { connection } = client;
  if (connection === undefined) return void client.socket.destroy();
  const abort = new AbortController();
  const finished = answerRequest(client, { connection, read, isRpc, signal: abort.signal });
  client.running = { finished, abort };
}

interface RequestContext {
  readonly connection: Connection;
  readonly read: () => RpcRequest;
  readonly isRpc: boolean;
  readonly signal: AbortSignal;
}

async function answerRequest(client: Client, context: RequestContext): Promise<void> {
  const { connection, isRpc, signal } = context;
  let failed = false;
  const reply: Reply = {
    message(message) {
      failed ||= message.class > 10;
      client.outgoing.push(messageToken(message, client.host.serverName));
      if (!failed) send(client, false);
    },
    rows(columns, rows) {
      client.outgoing.push(columnMetadata(columns), ...rows.map((row) => rowToken(columns, row)));
      const token = isRpc ? doneToken.inProcedure : doneToken.batch;
      client.outgoing.push(done(token, doneStatus.count | doneStatus.more, rows.length));
    },
    databaseChanged(to, from) {
      client.outgoing.push(environmentChange.database(to, from));
    },
    drop() {
      client.dropped = true;
      client.socket.resetAndDestroy();
    },
  };
  try {
    await connection.run(context.read(), reply, signal);
  } catch (error) {
    if (!signal.aborted) reply.message({ number: 50000, class: 20, state: 1, text: String(error) });
  }
  client.running = undefined;
  finishAnswer(client, { isRpc, failed, interrupted: signal.aborted });
}

function finishAnswer(client: Client, how: { isRpc: boolean; failed: boolean; interrupted: boolean }): void {
  if (how.interrupted) {
    client.outgoing = [done(doneToken.batch, doneStatus.error)];
  } else {
    if (how.isRpc) client.outgoing.push(returnStatus(how.failed ? 1 : 0));
    const status = how.failed ? doneStatus.error : doneStatus.final;
    client.outgoing.push(done(how.isRpc ? doneToken.procedure : doneToken.batch, status));
  }
  send(client, true);
}

function readBatch(payload: Buffer): RpcRequest {
  return { statement: payload.toString('utf16le', payload.readUInt32LE(0)), parameters: new Map() };
}

function send(client: Client, last: boolean): void {
  const payload = Buffer.concat(client.outgoing);
  client.outgoing = [];
  if (client.dropped || client.stream.destroyed) return;
  const { packetSize } = client;
  const nextId = () => ++client.packetId;
  client.stream.write(toPackets(payload, { type: messageType.reply, packetSize, last, nextId }));
}
