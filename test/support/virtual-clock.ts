import type { Clock } from '../../src/ports/clock';

/** A clock on which a sleep takes no time and the hands move all the same. */
export function createVirtualClock(start = '2026-11-22T02:00:00.000Z'): Clock {
  let time = Date.parse(start);
  return {
    now: () => new Date(time),
    sleep(ms, signal) {
      if (signal?.aborted) return Promise.reject(signal.reason as Error);
      time += ms;
      return Promise.resolve();
    },
  };
}
