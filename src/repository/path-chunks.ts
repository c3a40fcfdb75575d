import { releaseMemory } from './release-memory';

const chunkSize = 1024 * 1024;
const lengthSize = 4;

/** Byte strings kept one after the other in chunks, never moved. */
export function createPathChunks() {
  const chunks: Buffer[] = [];
  let filled = chunkSize;
  let held = 0;

  function startChunk(size: number) {
    chunks.push(Buffer.allocUnsafeSlow(Math.max(chunkSize, size)));
    held += Math.max(chunkSize, size);
    filled = 0;
  }

  return {
    /** @returns where it is, for `at`. */
    add(bytes: Uint8Array): number {
      const size = lengthSize + bytes.length;
      if (filled + size > chunkSize) startChunk(size);
      const chunk = chunks[chunks.length - 1] as Buffer;
      const position = (chunks.length - 1) * chunkSize + filled;
      chunk.writeUInt32LE(bytes.length, filled);
      chunk.set(bytes, filled + lengthSize);
      filled += size;
      return position;
    },
    /** A view, valid as long as the chunks are. */
    at(position: number): Buffer {
      const chunk = chunks[Math.floor(position / chunkSize)] as Buffer;
      const offset = position % chunkSize;
      return chunk.subarray(offset + lengthSize, offset + lengthSize + chunk.readUInt32LE(offset));
    },
    bytes: () => held,
    /** Gives the memory back; nothing may follow. */
    free() {
      chunks.forEach(releaseMemory);
    },
  };
}
