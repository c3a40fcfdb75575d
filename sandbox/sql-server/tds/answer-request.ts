import { hangUp, send, type Client, type Connection, type Reply } from './client';
import { columnMetadata, rowToken } from './columns';
import type { RpcRequest } from './rpc';
import { done, doneStatus, doneToken, environmentChange, messageToken, returnStatus } from './tokens';

export interface RequestContext {
  readonly connection: Connection;
  readonly read: () => RpcRequest;
  readonly isRpc: boolean;
  readonly signal: AbortSignal;
}

/** Runs one batch or call and writes its answer, which always ends with a final DONE. */
export async function answerRequest(client: Client, context: RequestContext): Promise<void> {
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
    drop: () => hangUp(client),
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
