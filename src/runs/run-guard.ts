import { codeOf, HubkeepError } from '../errors/hubkeep-error';
import type { Clock } from '../ports/clock';
import type { Log } from '../ports/log';
import type { RunLock } from './run-lock';
import type { RunSummaries } from './run-summaries';

const lookEveryMs = 5_000;
const renewEveryMs = 60_000;

export interface RunGuardOptions {
  readonly lock: RunLock;
  readonly summaries: RunSummaries;
  readonly clock: Clock;
  readonly log: Log;
}

/** Runs an activity's work under the run's lock: renews it meanwhile, and stops the work when the run is cancelled or the lock is lost. */
export function createRunGuard({ lock, summaries, clock, log }: RunGuardOptions) {
  async function watch(runId: string, work: AbortController, over: AbortSignal) {
    for (let renewedAt = clock.now().getTime(); !over.aborted;) {
      await clock.sleep(lookEveryMs, over);
      try {
        if (await summaries.isCancelRequested(runId)) work.abort(cancelled(runId));
        if (clock.now().getTime() - renewedAt < renewEveryMs) continue;
        await lock.renew(runId);
        renewedAt = clock.now().getTime();
      } catch (error) {
        if (codeOf(error) === 'lock.lost') work.abort(error);
        else log.warn('run.watch', { runId, code: codeOf(error) });
      }
    }
  }

  /** @throws what `work` throws; `run.cancelled` or `lock.lost` when it was stopped. */
  return async function guarded<T>(runId: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    await lock.renew(runId);
    if (await summaries.isCancelRequested(runId)) throw cancelled(runId);
    const controller = new AbortController();
    const over = new AbortController();
    watch(runId, controller, over.signal).catch(() => undefined);
    try {
      return await work(controller.signal);
    } catch (error) {
      if (controller.signal.aborted) throw controller.signal.reason;
      throw error;
    } finally {
      over.abort();
    }
  };
}

export type RunGuard = ReturnType<typeof createRunGuard>;

function cancelled(runId: string): HubkeepError {
  return new HubkeepError('run.cancelled', `run ${runId} was cancelled`);
}
