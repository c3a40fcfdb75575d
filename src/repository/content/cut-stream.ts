import { HubkeepError } from '../../errors/hubkeep-error';

/** Cuts a stream into pieces of the lengths asked for; holds one chunk and one piece. */
export function createCutter(stream: AsyncIterable<Buffer>) {
  const chunks = stream[Symbol.asyncIterator]();
  let chunk: Buffer = Buffer.alloc(0);

  async function refill() {
    const next = await chunks.next();
    if (next.done === true) throw new HubkeepError('internal', 'a stream was asked for more than it has');
    chunk = next.value;
  }

  function cut(length: number): Buffer {
    const piece = chunk.subarray(0, length);
    chunk = chunk.subarray(piece.length);
    return piece;
  }

  return {
    /** Exactly `length` bytes; the caller knows how many there are. */
    async take(length: number): Promise<Buffer> {
      if (chunk.length >= length) return cut(length);
      const pieces: Buffer[] = [];
      for (let left = length; left > 0;) {
        if (chunk.length === 0) await refill();
        const piece = cut(left);
        pieces.push(piece);
        left -= piece.length;
      }
      return Buffer.concat(pieces, length);
    },
    /** Reads to the end, so that the stream can say whether it was whole. */
    async end() {
      while ((await chunks.next()).done !== true) continue;
    },
  };
}
