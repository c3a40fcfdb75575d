import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../ports/clock';

/** Node fires a longer timer at once. */
const longestTimer = 2 ** 31 - 1;

export function createSystemClock(): Clock {
  return {
    now: () => new Date(),
    async sleep(ms, signal) {
      try {
        for (let left = ms; left > 0; left -= longestTimer) {
          await delay(Math.min(left, longestTimer), undefined, signal === undefined ? {} : { signal });
        }
        signal?.throwIfAborted();
      } catch (error) {
        // Node's own AbortError hides the reason that the caller gave.
        throw signal?.aborted ? signal.reason : error;
      }
    },
  };
}
