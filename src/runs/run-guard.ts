import { codeOf, HubkeepError } from '../errors/hubkeep-error';
import type { Clock } from '../ports/clock';
import type { Log } from '../ports/log';
import type { RunLock } from './run-lock';
import type { RunSummaries } from './run-summaries';

const lookEveryMs = 5_000;
const renewEveryMs = 60_000;
/** A look this recent serves all activities of the run: most of them are short, and many run at once. */
const recentMs = 4_000;

export interface RunGuardOptions {
  readonly lock: RunLock;
  readonly summaries: Pick<RunSummaries, 'isCancelledHere' | 'isCancelRequested'>;
  readonly clock: Clock;
  readonly log: Log;
}

interface Look {
  readonly runId: string;
  readonly at: number;
  readonly requested: boolean;
}

/** Runs an activity's work under the run's lock: renews it meanwhile, and stops the work when the run is cancelled or the lock is lost. */
export function createRunGuard({ lock, summaries, clock, log }: RunGuardOptions) {
  let looked: Look | undefined;

  async function isCancelled(runId: string): Promise<boolean> {
    if (summaries.isCancelledHere(runId)) return true;
    const now = clock.now().getTime();
    const last = looked?.runId === runId ? looked : { at: lock.acquiredAt(runId) ?? 0, requested: false };
    if (now - last.at < recentMs) return last.requested;
    const requested = await summaries.isCancelRequested(runId);
    looked = { runId, at: now, requested };
    return requested;
  }

  async function watch(runId: string, work: AbortController, over: AbortSignal) {
    for (let renewedAt = clock.now().getTime(); !over.aborted;) {
      await clock.sleep(lookEveryMs, over);
      try {
        if (await isCancelled(runId)) work.abort(cancelled(runId));
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
    if (await isCancelled(runId)) throw cancelled(runId);
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
