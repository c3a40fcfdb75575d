import { type ContentBytes } from './content-bytes';
import { withoutSums } from './content-file';
import { pageSize, recordSize } from './content-format';

export interface CursorOptions {
  readonly bytes: ContentBytes;
  /** Where the pages end. */
  readonly end: number;
  /** Pages fetched at a time; as many again are fetched ahead. */
  readonly pages: number;
}

/** Goes through a file's records in order, a few pages at a time, each proven by its CRC. */
export function createRecordCursor({ bytes, end, pages }: CursorOptions) {
  let next = 0;
  let ahead: Promise<Buffer> | undefined;
  let records: Buffer = Buffer.alloc(0);
  let at = 0;

  function fetch(): Promise<Buffer> | undefined {
    if (next >= end) return undefined;
    const length = Math.min(pages * pageSize, end - next);
    const fetched = Promise.resolve(bytes.read(next, length));
    next += length;
    fetched.catch(() => undefined);
    return fetched;
  }

  return {
    /** Call it before the first record and whenever `advance` says so. @returns false at the end. */
    async load(): Promise<boolean> {
      const fetched = await (ahead ?? fetch());
      if (fetched === undefined) return false;
      ahead = fetch();
      records = withoutSums(fetched, bytes);
      at = 0;
      return true;
    },
    /** First bytes of the current record's hash, as a number to compare with. */
    prefix: () => records.readUIntBE(at, 6),
    compare: (other: Buffer, otherAt: number) => records.compare(other, otherAt, otherAt + 32, at, at + 32),
    copyTo: (target: Buffer, targetAt: number) => records.copy(target, targetAt, at, at + recordSize),
    /** Goes to the next record. @returns false when it has to be loaded first. */
    advance(): boolean {
      at += recordSize;
      return at < records.length;
    },
    current: () => ({ records, at }),
  };
}

export type RecordCursor = ReturnType<typeof createRecordCursor>;
