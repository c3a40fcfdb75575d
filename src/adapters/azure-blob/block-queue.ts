export interface BlockQueueOptions {
  /** Bytes. */
  readonly blockSize: number;
  /** Blocks sent at once. */
  readonly parallel: number;
  /** Bytes up to which content is kept together: it may still go in one request. At least a block. */
  readonly whole: number;
}

/** Content in pieces: putting them together would touch every byte once more. */
export interface Block {
  readonly pieces: readonly Uint8Array[];
  /** Bytes. */
  readonly size: number;
}

/**
 * Cuts chunks of any size into blocks and sends several at once, holding at most `whole` bytes, then `blockSize * (parallel + 1)`
 * and a chunk.
 */
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
  const { blockSize, parallel, whole } = options;
  const underway = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let total = 0;

  function dispatch(block: Block): void {
    const sending: Promise<void> = send(block)
      .catch((error: unknown) => void (failure ??= { error }))
      .finally(() => {
        underway.delete(sending);
      });
    underway.add(sending);
  }

  /** Takes the next `size` bytes of what is held. */
  function cut(size: number): Block {
    const pieces: Uint8Array[] = [];
    let next = 0;
    for (let left = size; left > 0; next += 1) {
      const piece = held[next] ?? empty;
      pieces.push(piece.subarray(0, left));
      if (piece.length > left) {
        held[next] = piece.subarray(left);
        break;
      }
      left -= piece.length;
    }
    held = held.slice(next);
    heldBytes -= size;
    return { pieces, size };
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
      if (chunk.byteLength === 0) return;
      held.push(chunk);
      heldBytes += chunk.byteLength;
      total += chunk.byteLength;
      if (total <= whole) return;
      while (heldBytes > blockSize) {
        await room();
        dispatch(cut(blockSize));
      }
    },
    unsent: () => ({ pieces: held, size: heldBytes }),
    async flush() {
      if (heldBytes > 0) dispatch(cut(heldBytes));
      await Promise.all(underway);
      throwFailure();
    },
    async settle() {
      await Promise.all(underway);
    },
    size: () => total,
  };
}

const empty = new Uint8Array(0);
