/** Timers of a pretend host. In virtual time a timer fires as soon as nothing else is under way, and the clock jumps there. */
export interface HostTime {
  /** Never twice the same: every turn of an orchestration has a time of its own. */
  now(): Date;
  at(time: Date, fire: () => void): void;
  /** Work during which virtual time does not jump. */
  track<T>(work: Promise<T>): Promise<T>;
  close(): void;
}

export function createHostTime(mode: 'virtual' | 'real'): HostTime {
  const timers: { readonly time: number; readonly fire: () => void; readonly handle: NodeJS.Timeout }[] = [];
  let ahead = 0;
  let last = 0;
  let underWay = 0;

  const now = () => {
    last = Math.max(last + 1, Date.now() + ahead);
    return new Date(last);
  };

  function fire(timer: (typeof timers)[number]): void {
    const index = timers.indexOf(timer);
    if (index === -1) return;
    timers.splice(index, 1);
    clearTimeout(timer.handle);
    ahead = Math.max(ahead, timer.time - Date.now());
    timer.fire();
  }

  function jumpWhenIdle(): void {
    if (mode === 'real') return;
    // After the promises of this tick, which may begin new work.
    setImmediate(() => {
      if (underWay > 0) return;
      const next = timers.toSorted((a, b) => a.time - b.time)[0];
      if (next) fire(next);
    });
  }

  return {
    now,
    at(time, callback) {
      const delay = Math.max(0, time.getTime() - Date.now() - ahead);
      const timer = {
        time: time.getTime(),
        fire: callback,
        handle: setTimeout(() => {
          fire(timer);
        }, delay),
      };
      timers.push(timer);
      jumpWhenIdle();
    },
    async track(work) {
      underWay += 1;
      try {
        return await work;
      } finally {
        underWay -= 1;
        jumpWhenIdle();
      }
    },
    close() {
      for (const { handle } of timers.splice(0)) clearTimeout(handle);
    },
  };
}
