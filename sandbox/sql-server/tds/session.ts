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

interface SessionState {
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
  const state: SessionState = {
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
    state.running?.abort.abort(new Error('The client went away'));
    state.connection?.ended();
  });
  listen(state, socket, host);
}

function listen(state: SessionState, socket: Socket, host: SessionHost): void {
  const read = createMessageReader((type, payload) => {
    if (type === messageType.prelogin) return answerPrelogin(state, socket, host, payload);
    if (type === messageType.login7) return answerLogin(state, host, payload);
    if (type === messageType.attention) return void answerAttention(state, host);
    if (type === messageType.batch) return startRequest(state, socket, host, () => readBatch(payload), false);
    if (type === messageType.rpc) return startRequest(state, socket, host, () => readRpc(payload), true);
    socket.destroy();
  });
  state.stream.on('error', () => socket.destroy());
  state.stream.on('data', (chunk: Buffer) => {
    try {
      read(chunk);
    } catch {
      // Bytes that are no TDS at all: a real server hangs up too.
      socket.destroy();
    }
  });
}

function answerPrelogin(state: SessionState, socket: Socket, host: SessionHost, payload: Buffer): void {
  const agreed = agreeOnEncryption(requestedEncryption(payload), host.encryption);
  state.outgoing.push(preloginReply(host.version, agreed));
  send(state, true);
  if (agreed === encryption.notSupported || host.tls === undefined) return;
  socket.removeAllListeners('data');
  state.stream = startPreloginTls(socket, host.tls);
  listen(state, socket, host);
}

function answerLogin(state: SessionState, host: SessionHost, payload: Buffer): void {
  const login = readLogin7(payload);
  const decision = host.login(login);
  if ('refused' in decision) {
    state.outgoing.push(...decision.refused.map((message) => messageToken(message, host.serverName)));
    state.outgoing.push(done(doneToken.batch, doneStatus.error));
    send(state, true);
    state.stream.end();
    return;
  }
  state.connection = decision.connection;
  const { database } = decision.connection;
  const changed = { number: 5701, class: 10, state: 2, text: `Changed database context to '${database}'.` };
  state.outgoing.push(
    environmentChange.database(database, 'master'),
    messageToken(changed, host.serverName),
    environmentChange.collation(),
    loginAcknowledgement(host.version),
    environmentChange.packetSize(login.packetSize),
    done(doneToken.batch, doneStatus.final),
  );
  send(state, true);
  state.packetSize = login.packetSize;
}

/** A client waits for two messages: the end of the answer it interrupts, then a DONE that acknowledges the ATTENTION. */
async function answerAttention(state: SessionState, host: SessionHost): Promise<void> {
  host.attention();
  state.running?.abort.abort(new Error('ATTENTION'));
  await state.running?.finished;
  state.outgoing.push(done(doneToken.batch, doneStatus.attention));
  send(state, true);
}

function startRequest(state: SessionState, socket: Socket, host: SessionHost, read: () => RpcRequest, isRpc: boolean): void {
  const { connection } = state;
  if (connection === undefined) return void socket.destroy();
  const abort = new AbortController();
  const finished = answerRequest(state, { socket, host, connection, read, isRpc, signal: abort.signal });
  state.running = { finished, abort };
}

interface RequestContext {
  readonly socket: Socket;
  readonly host: SessionHost;
  readonly connection: Connection;
  readonly read: () => RpcRequest;
  readonly isRpc: boolean;
  readonly signal: AbortSignal;
}

async function answerRequest(state: SessionState, context: RequestContext): Promise<void> {
  const { host, connection, isRpc, signal } = context;
  let failed = false;
  const reply: Reply = {
    message(message) {
      failed ||= message.class > 10;
      state.outgoing.push(messageToken(message, host.serverName));
      if (!failed) send(state, false);
    },
    rows(columns, rows) {
      state.outgoing.push(columnMetadata(columns), ...rows.map((row) => rowToken(columns, row)));
      const token = isRpc ? doneToken.inProcedure : doneToken.batch;
      state.outgoing.push(done(token, doneStatus.count | doneStatus.more, rows.length));
    },
    databaseChanged(to, from) {
      state.outgoing.push(environmentChange.database(to, from));
    },
    drop() {
      state.dropped = true;
      context.socket.resetAndDestroy();
    },
  };
  try {
    await connection.run(context.read(), reply, signal);
  } catch (error) {
    if (!signal.aborted) reply.message({ number: 50000, class: 20, state: 1, text: String(error) });
  }
  state.running = undefined;
  finishAnswer(state, { isRpc, failed, interrupted: signal.aborted });
}

function finishAnswer(state: SessionState, how: { isRpc: boolean; failed: boolean; interrupted: boolean }): void {
  if (how.interrupted) {
    state.outgoing = [done(doneToken.batch, doneStatus.error)];
  } else {
    if (how.isRpc) state.outgoing.push(returnStatus(how.failed ? 1 : 0));
    const status = how.failed ? doneStatus.error : doneStatus.final;
    state.outgoing.push(done(how.isRpc ? doneToken.procedure : doneToken.batch, status));
  }
  send(state, true);
}

function readBatch(payload: Buffer): RpcRequest {
  return { statement: payload.toString('utf16le', payload.readUInt32LE(0)), parameters: new Map() };
}

function send(state: SessionState, last: boolean): void {
  const payload = Buffer.concat(state.outgoing);
  state.outgoing = [];
  if (state.dropped || state.stream.destroyed) return;
  const { packetSize } = state;
  const nextId = () => ++state.packetId;
  state.stream.write(toPackets(payload, { type: messageType.reply, packetSize, last, nextId }));
}
