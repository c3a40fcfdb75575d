/*
 * Memory that the share's thread and the main one have in common, one slab for each batch of files on its way: a record for
 * each file, then the files' bytes. A record: 1 when the file was read as it was seen (4 bytes), sha256 (32).
 */

export const mostFiles = 256;
/** Bytes of all files of a batch, each with one more, which shows that a file has grown. */
export const mostBytes = 2 * 1024 * 1024;
/** One is read into, one waits to be, one is taken from. */
export const slabCount = 3;

const recordSize = 36;
const contentAt = mostFiles * recordSize;

export function createSlab(): SharedArrayBuffer {
  return new SharedArrayBuffer(contentAt + mostBytes);
}

/** The files of a batch in turn, in its order. */
export function openSlab(slab: SharedArrayBuffer) {
  const bytes = Buffer.from(slab);
  let record = -recordSize;
  let contentEnd = contentAt;

  return {
    /** Goes on to the next file. @returns room for its bytes and one more. */
    next(size: number): Buffer {
      record += recordSize;
      const start = contentEnd;
      contentEnd += size + 1;
      return bytes.subarray(start, contentEnd);
    },
    /** Tells that the file was read as it was seen. */
    setRead(sha256: Buffer) {
      bytes[record] = 1;
      sha256.copy(bytes, record + 4);
    },
    setUnread() {
      bytes[record] = 0;
    },
    isRead: () => bytes[record] === 1,
    sha256: () => bytes.subarray(record + 4, record + recordSize),
  };
}
