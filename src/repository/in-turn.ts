/** Runs work in the order it comes, so many at once at most. */
export function createTurns(atOnce: number) {
  const waiting: (() => void)[] = [];
  let running = 0;

  function next() {
    running -= 1;
    waiting.shift()?.();
  }

  return function inTurn<T>(work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const start = () => {
        running += 1;
        work().then(resolve, reject).finally(next).catch(reject);
      };
      if (running < atOnce) start();
      else waiting.push(start);
    });
  };
}
