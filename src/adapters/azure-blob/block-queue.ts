export interface BlockQueueOptions {
  /** Bytes. */
  readonly blockSize: number;
  /** Blocks held at once, the one being filled included. */
  readonly parallel: number;
}

/** Content in pieces: putting them together would touch every byte once more. */
export interface Block {
  readonly pieces: readonly Uint8Array[];
  /** Bytes. */
  readonly size: number;
}

/** Cuts chunks of any size into blocks and sends several at once, holding at most `blockSize * parallel` bytes. */
export interface BlockQueue {
  /** Keeps a chunk, which must not be changed after, waiting while all blocks are on their way. Throws the first failure of any block. */
  add(chunk: Uint8Array): Promise<void>;
  /** What no block was sent of. */
  unsent(): Block;
  /** Sends the last, shorter block and waits for all. Throws the first failure of any block. */
  flush(): Promise<void>;
  /** Waits until nothing is on its way; never throws. */
  settle(): Promise<void>;
  /** Bytes added so far. */
  size(): number;
}

export function createBlockQueue(options: BlockQueueOptions, send: (block: Block) => Promise<void>): BlockQueue {
  const { blockSize, parallel } = options;
  const underway = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  let pieces: Uint8Array[] = [];
  let filled = 0;
  let total = 0;

  function dispatch(): void {
    if (filled === 0) return;
    const sending: Promise<void> = send({ pieces, size: filled })
      .catch((error: unknown) => void (failure ??= { error }))
      .finally(() => {
        underway.delete(sending);
      });
    underway.add(sending);
    pieces = [];
    filled = 0;
  }

  async function room(): Promise<void> {
    while (underway.size >= parallel) await Promise.race(underway);
    throwFailure();
  }

  function throwFailure(): void {
    if (failure !== undefined) throw failure.error;
  }

  return {
    async add(chunk) {
      for (let taken = 0; taken < chunk.byteLength;) {
        // A full block leaves only when more follows, so that content of exactly one block is still a plain put.
        if (filled === blockSize) dispatch();
        if (filled === 0) await room();
        const piece = chunk.subarray(taken, taken + blockSize - filled);
        pieces.push(piece);
        filled += piece.byteLength;
        taken += piece.byteLength;
        total += piece.byteLength;
      }
    },
    unsent: () => ({ pieces, size: filled }),
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
