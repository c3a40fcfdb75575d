const lookEveryMs = 100;

/**
 * Resolves at the first SIGINT, SIGTERM or SIGHUP from now on, and keeps the process alive until then. Under npm also when
 * the parent is gone: npm gives a signal to the shell between it and us, which dies of it and passes nothing on.
 */
export function untilSignal(): Promise<void> {
  const parent = process.ppid;
  const underNpm = process.env['npm_lifecycle_event'] !== undefined;
  return new Promise((resolve) => {
    const look = setInterval(() => {
      if (underNpm && process.ppid !== parent) end();
    }, lookEveryMs);
    const end = () => {
      clearInterval(look);
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  });
}
