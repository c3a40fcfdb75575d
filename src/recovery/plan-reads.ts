import type { ByteRange } from '../ports/blob-store';
import type { RangedFile } from '../repository/extent-reader';

/** One request to a pack, and the extents within what it returns. */
export interface PackRead {
  readonly pack: string;
  readonly range: ByteRange;
  /** In pack order; the files of an extent share its frames. */
  readonly extents: readonly { readonly offset: number; readonly length: number; readonly files: readonly RangedFile[] }[];
}

const largestRead = 8 * 1024 * 1024;
/** Reading over a gap this small costs less than another request. */
const bridgedGap = 128 * 1024;

/** Groups files by pack and position, so that neighbours are fetched with one request and each frame is decompressed once. */
export function planReads(files: readonly RangedFile[]): PackRead[] {
  const sorted = [...files].sort(byPlace);
  const reads: PackRead[] = [];
  let extents: { offset: number; length: number; files: RangedFile[] }[] = [];
  let pack: string | undefined;

  const close = () => {
    const first = extents[0];
    const last = extents.at(-1);
    if (pack !== undefined && first !== undefined && last !== undefined) {
      reads.push({ pack, range: { offset: first.offset, length: last.offset + last.length - first.offset }, extents });
    }
    extents = [];
  };

  for (const file of sorted) {
    const { offset, length } = file.extent;
    const last = extents.at(-1);
    if (last !== undefined && pack === file.extent.pack && last.offset === offset && last.length === length) {
      last.files.push(file);
      continue;
    }
    const start = extents[0]?.offset ?? offset;
    const end = last === undefined ? offset : last.offset + last.length;
    if (pack !== file.extent.pack || offset + length - start > largestRead || offset - end > bridgedGap) close();
    pack = file.extent.pack;
    extents.push({ offset, length, files: [file] });
  }
  close();
  return reads;
}

function byPlace(a: RangedFile, b: RangedFile): number {
  if (a.extent.pack !== b.extent.pack) return a.extent.pack < b.extent.pack ? -1 : 1;
  return a.extent.offset - b.extent.offset || a.extent.skip - b.extent.skip;
}
