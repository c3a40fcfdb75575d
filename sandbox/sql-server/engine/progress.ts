import type { OptionValue } from '../tsql/statements';
import type { RunContext } from './run-backup';
import type { RunningRequest } from './server-state';
import { lifeOf, strike } from './strike';

/** Sends 3211 every STATS percent, tells sys.dm_exec_requests and lets scripted faults strike. Throws once the work has to end. */
export function createProgress(
  stats: OptionValue | undefined,
  context: RunContext & { readonly running: RunningRequest },
): (done: number, total: number) => Promise<void> {
  const { reply, signal, running } = context;
  const step = typeof stats === 'number' && stats > 0 ? stats : 10;
  let next = step;
  return async (done, total) => {
    const percent = Math.floor((done / total) * 100);
    running.percent = percent;
    while (next <= percent) {
      reply.message({ number: 3211, class: 10, state: 1, text: `${next} percent processed.` });
      next += step;
    }
    await strike(context, percent);
    if (lifeOf(signal).aborted) throw new Error('The statement was stopped');
  };
}
