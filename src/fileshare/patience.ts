import { codeOf } from '../errors/hubkeep-error';
import type { Clock } from '../ports/clock';
import { lockedWaits, waitingAtOnce } from './limits';

/** Waits for files that may be readable in a moment, while others are copied. */
export function createPatience(clock: Clock, signal: AbortSignal) {
  let waiting = 0;

  async function pause(ms: number) {
    waiting += 1;
    try {
      await clock.sleep(ms, signal);
    } finally {
      waiting -= 1;
    }
  }

  const mayWait = (ms: number | undefined): ms is number => ms !== undefined && waiting < waitingAtOnce;

  return {
    /** Does the work again while the file it needs is locked, after a wait each time. */
    async whileLocked<T>(work: () => Promise<T>): Promise<T> {
      for (let waits = 0; ; waits++) {
        try {
          return await work();
        } catch (error) {
          const wait = lockedWaits[waits];
          if (codeOf(error) !== 'share.locked' || !mayWait(wait)) throw error;
          await pause(wait);
        }
      }
    },
    /** Waits, unless too many files are waited for already. */
    async rest(ms: number | undefined): Promise<void> {
      if (mayWait(ms)) await pause(ms);
    },
  };
}

export type Patience = ReturnType<typeof createPatience>;
