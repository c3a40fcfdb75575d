import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Reply } from '../tds/client';
import { SqlError } from '../tsql/sql-error';
import type { Fault } from './faults';
import type { ServerState } from './server-state';

export interface FaultContext {
  readonly server: Pick<ServerState, 'faults'>;
  readonly batch: string;
  readonly reply: Reply;
  readonly signal: AbortSignal;
}

/** Batches whose client was dropped while their work goes on. */
const continuing = new WeakSet<AbortSignal>();

/** Lets the faults scripted for this moment happen. Throws their errors; tells whether work goes on without its client. */
export async function strike(context: FaultContext, percent?: number): Promise<{ continues: boolean }> {
  for (const fault of context.server.faults.take(context.batch, percent)) await apply(fault, context);
  return { continues: continuing.has(context.signal) };
}

async function apply(fault: Fault, { reply, signal }: FaultContext): Promise<void> {
  if (fault.delayMs !== undefined) await sleep(fault.delayMs, undefined, { signal });
  if (fault.stall === true && !signal.aborted) await once(signal, 'abort');
  if (fault.drop === 'continue') continuing.add(signal);
  if (fault.drop !== undefined) reply.drop();
  if (fault.drop === 'abort') throw new Error('The connection was dropped');
  if (fault.errors !== undefined) {
    throw new SqlError(fault.errors.map((error) => ({ class: 16, state: 1, ...error })));
  }
}
