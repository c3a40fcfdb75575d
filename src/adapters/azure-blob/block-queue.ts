export interface BlockQueueOptions {
  /** Bytes. */
  readonly blockSize: number;
  /** Blocks held at once, the one being filled included. */
  readonly parallel: number;
}

/** Cuts chunks of any size into blocks and sends several at once, in at most `blockSize * parallel` bytes of its own. */
export interface BlockQueue {
  /** Copies a chunk in, waiting while all blocks are on their way. Throws the first failure of any block. */
  add(chunk: Uint8Array): Promise<void>;
  /** What no block was sent of; valid until the next `add`. */
  unsent(): Buffer;
  /** Sends the last, shorter block and waits for all. Throws the first failure of any block. */
  flush(): Promise<void>;
  /** Waits until nothing is on its way; never throws. */
  settle(): Promise<void>;
  /** Bytes added so far. */
  size(): number;
}

export function createBlockQueue(options: BlockQueueOptions, send: (block: Buffer) => Promise<void>): BlockQueue {
  const { blockSize, parallel } = options;
  const free: Buffer[] = [];
  const underway = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  let current: Buffer | undefined;
  let filled = 0;
  let total = 0;

  function dispatch(): void {
    if (current === undefined || filled === 0) return;
    const buffer = current;
    const sending: Promise<void> = send(buffer.subarray(0, filled))
      .catch((error: unknown) => void (failure ??= { error }))
      .finally(() => {
        underway.delete(sending);
        free.push(buffer);
      });
    underway.add(sending);
    current = undefined;
    filled = 0;
  }

  async function room(): Promise<Buffer> {
    while (current === undefined) {
      if (underway.size === parallel) await Promise.race(underway);
      throwFailure();
      if (underway.size < parallel) current = free.pop() ?? Buffer.allocUnsafeSlow(blockSize);
    }
    return current;
  }

  function throwFailure(): void {
    if (failure !== undefined) throw failure.error;
  }

  return {
    async add(chunk) {
      for (let taken = 0; taken < chunk.byteLength;) {
        // A full block leaves only when more follows, so that content of exactly one block is still a plain put.
        if (filled === blockSize) dispatch();
        const block = await room();
        const part = chunk.subarray(taken, taken + blockSize - filled);
        block.set(part, filled);
        filled += part.byteLength;
        taken += part.byteLength;
        total += part.byteLength;
      }
    },
    unsent: () => current?.subarray(0, filled) ?? Buffer.alloc(0),
    async flush() {
      dispatch();
      await Promise.all(underway);
      throwFailure();
    },
    async settle() {
      await Promise.all(underway);
    },
    size: () => total,
  };
}
