/** Chunks that arrive by events, read as a stream. Each chunk is reported once it has been taken, or when it never will be. */
export function createChunkQueue(onTaken: (bytes: number) => void) {
  const chunks: Uint8Array[] = [];
  let ended = false;
  let failure: Error | undefined;
  let wake: () => void = () => undefined;

  return {
    push(chunk: Uint8Array) {
      chunks.push(chunk);
      wake();
    },
    end() {
      ended = true;
      wake();
    },
    fail(error: Error) {
      failure = error;
      for (const chunk of chunks.splice(0)) onTaken(chunk.length);
      wake();
    },
    async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
      for (;;) {
        const chunk = chunks.shift();
        if (failure !== undefined) throw failure;
        if (chunk !== undefined) {
          yield chunk;
          onTaken(chunk.length);
        } else if (ended) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}

export type ChunkQueue = ReturnType<typeof createChunkQueue>;
