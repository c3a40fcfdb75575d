/** Runs work in the order it comes, so many at once at most; what is urgent goes before what is not. */
export function createTurns(atOnce: number) {
  const waiting: (() => void)[] = [];
  const urgent: (() => void)[] = [];
  let running = 0;

  function next() {
    running -= 1;
    (urgent.shift() ?? waiting.shift())?.();
  }

  return function inTurn<T>(work: () => Promise<T>, { isUrgent = false } = {}): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const start = () => {
        running += 1;
        work().then(resolve, reject).finally(next).catch(reject);
      };
      if (running < atOnce) start();
      else (isUrgent ? urgent : waiting).push(start);
    });
  };
}
