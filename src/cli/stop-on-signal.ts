import type { Clock } from '../ports/clock';

/** A terminal's Ctrl-C reaches us twice when npm passes it on as well: so soon after the first it is the same one. */
const sameSignalMs = 1_000;
/** 128 and the number of SIGINT, as shells have it. */
const interrupted = 130;

/** Calls back on the first signal to stop; a second one ends the process at once. Gives the function that lets go. */
export function stopOnSignal(clock: Clock, onFirst: () => void): () => void {
  let firstAt: number | undefined;
  const handle = () => {
    const now = clock.now().getTime();
    if (firstAt === undefined) {
      firstAt = now;
      onFirst();
    } else if (now - firstAt > sameSignalMs) process.exit(interrupted);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, handle);
  return () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, handle);
  };
}
