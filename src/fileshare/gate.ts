/** Lets work wait for what other work changes; after `fail` every wait, now and later, rejects with that error. */
export function createGate() {
  let failure: { readonly error: unknown } | undefined;
  let waiting: (() => void)[] = [];

  function changed() {
    const woken = waiting;
    waiting = [];
    for (const resume of woken) resume();
  }

  return {
    /** Something that somebody may wait for is different now. */
    changed,
    /** Only the first failure counts. */
    fail(error: unknown) {
      failure ??= { error };
      changed();
    },
    hasFailed: () => failure !== undefined,
    async until(ready: () => boolean): Promise<void> {
      for (;;) {
        if (failure !== undefined) throw failure.error;
        if (ready()) return;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
  };
}

export type Gate = ReturnType<typeof createGate>;
