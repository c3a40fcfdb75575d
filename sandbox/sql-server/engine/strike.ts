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

/** What ends the work of an orphan, a batch whose client is gone while its work goes on; by the signal that no longer does. */
const orphans = new WeakMap<AbortSignal, AbortController>();

/** Lets the faults scripted for this moment happen. Throws their errors. */
export async function strike(context: FaultContext, percent?: number): Promise<void> {
  for (const fault of context.server.faults.take(context.batch, percent)) await apply(fault, context);
}

/** Aborts when the work of a batch has to end: with its client, or later where it is an orphan. */
export function lifeOf(signal: AbortSignal): AbortSignal {
  return orphans.get(signal)?.signal ?? signal;
}

/** Loses the client and the work, of an orphan too. */
export function dropWork({ reply, signal }: Pick<FaultContext, 'reply' | 'signal'>): void {
  orphans.get(signal)?.abort();
  reply.drop();
}

async function apply(fault: Fault, { reply, signal }: FaultContext): Promise<void> {
  const life = lifeOf(signal);
  if (fault.delayMs !== undefined) await sleep(fault.delayMs, undefined, { signal: life });
  if (fault.stall === true && !life.aborted) await once(life, 'abort');
  if (fault.drop === 'continue') orphans.set(signal, new AbortController());
  if (fault.drop !== undefined) reply.drop();
  if (fault.drop === 'abort') throw new Error('The connection was dropped');
  if (fault.errors !== undefined) {
    throw new SqlError(fault.errors.map((error) => ({ class: 16, state: 1, ...error })));
  }
}
