import type { Socket } from 'node:net';
import { answerRequest } from './answer-request';
import { hangUp, send, type Client, type SessionHost } from './client';
import { readLogin7 } from './login7';
import { createMessageReader, messageType } from './packets';
import { agreeOnEncryption, encryption, preloginReply, requestedEncryption } from './prelogin';
import { startPreloginTls } from './prelogin-tls';
import { readRpc, type RpcRequest } from './rpc';
import { done, doneStatus, doneToken, environmentChange, loginAcknowledgement, messageToken } from './tokens';

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
    void endSession(client);
  });
  listen(client);
}

/** A session lasts, with its locks, as long as its last statement. */
async function endSession(client: Client): Promise<void> {
  await client.running?.finished;
  client.connection?.ended();
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
  const decision = host.login(login, () => hangUp(client));
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

function readBatch(payload: Buffer): RpcRequest {
  return { statement: payload.toString('utf16le', payload.readUInt32LE(0)), parameters: new Map() };
}
