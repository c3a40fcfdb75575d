/** A file that can be read anywhere. */
export interface RandomAccess {
  /** Bytes. */
  readonly size: number;
  /** As many bytes as asked for, fewer only at the end. */
  read(offset: number, length: number): Promise<Buffer>;
}

const chunk = 64 * 1024;
/** A backup of 200 GB has some thousand parts; one that claims more is not followed to its end. */
const mostReads = 4_096;

/** Why a file cannot be followed any further. */
export class TapeFault extends Error {
  constructor(
    readonly status: 'truncated' | 'damaged' | 'unfinished',
    message: string,
  ) {
    super(message);
  }
}

/** Reads small pieces through one buffered chunk. Throws `TapeFault` for bytes that are not there, and after very many reads. */
export function createTapeBytes(file: RandomAccess) {
  let held: Buffer = Buffer.alloc(0);
  let heldAt = 0;
  let reads = 0;

  return {
    size: file.size,
    async at(offset: number, length: number): Promise<Buffer> {
      if (offset + length > file.size)
        throw new TapeFault('truncated', `the file ends at byte ${file.size}, within a part that reaches to ${offset + length}`);
      if (offset < heldAt || offset + length > heldAt + held.length) {
        if (++reads > mostReads) throw new TapeFault('unfinished', `more than ${mostReads} parts; followed to byte ${offset}`);
        held = await file.read(offset, Math.min(Math.max(chunk, length), file.size - offset));
        heldAt = offset;
        if (held.length < length) throw new TapeFault('truncated', `byte ${offset} cannot be read`);
      }
      return held.subarray(offset - heldAt, offset - heldAt + length);
    },
  };
}

export type TapeBytes = ReturnType<typeof createTapeBytes>;
