import type { ByteRange } from '../../ports/blob-store';
import type { Extent, FileEntry } from '../../repository/index-entry';

/** A file with content that was stored. */
export type StoredFile = FileEntry & { readonly extent: Extent };

/** Neighbouring extents that are worked off together, and the files in each of them. */
export interface ReadPart {
  readonly range: ByteRange;
  /** In pack order; the files of an extent share its frames. */
  readonly extents: readonly PlannedExtent[];
}

export interface PlannedExtent extends ByteRange {
  readonly files: readonly StoredFile[];
}

/** One request to a pack. */
export interface PackRead {
  readonly pack: string;
  readonly range: ByteRange;
  readonly parts: readonly ReadPart[];
}

const largestRead = 32 * 1024 * 1024;
/** What a thread is given at once: enough that messages do not count, little enough that all threads end together. */
const largestPart = 1024 * 1024;
/** Reading over a gap this small costs less than another request. */
const bridgedGap = 256 * 1024;

/** Groups files by pack and position, so that neighbours are fetched with one request and each frame is decompressed once. */
export function planReads(files: readonly StoredFile[]): PackRead[] {
  const reads: PackRead[] = [];
  let pack: string | undefined;
  let parts: PlannedExtent[][] = [];
  /** Of the part at hand. */
  let end = 0;

  const close = () => {
    if (pack !== undefined && parts.length > 0) {
      const planned = parts.map((extents) => ({ range: spanOf(extents), extents }));
      reads.push({ pack, range: spanOf(parts.flat()), parts: planned });
    }
    parts = [];
  };

  for (const { pack: of, ...extent } of extentsOf(files)) {
    const start = parts[0]?.[0]?.offset ?? extent.offset;
    if (of !== pack || extent.offset - end > bridgedGap || endOf(extent) - start > largestRead) close();
    pack = of;
    const part = parts.at(-1);
    // Extents may share a frame: what overlaps has to be in one part.
    const belongs = part !== undefined && (extent.offset < end || endOf(extent) - (part[0]?.offset ?? 0) <= largestPart);
    if (belongs) part.push(extent);
    else parts.push([extent]);
    end = Math.max(belongs ? end : 0, endOf(extent));
  }
  close();
  return reads;
}

function extentsOf(files: readonly StoredFile[]): (PlannedExtent & { pack: string })[] {
  const extents: { pack: string; offset: number; length: number; files: StoredFile[] }[] = [];
  for (const file of [...files].sort(byPlace)) {
    const { pack, offset, length } = file.extent;
    const last = extents.at(-1);
    if (last?.pack === pack && last.offset === offset && last.length === length) last.files.push(file);
    else extents.push({ pack, offset, length, files: [file] });
  }
  return extents;
}

function byPlace({ extent: a }: StoredFile, { extent: b }: StoredFile): number {
  if (a.pack !== b.pack) return a.pack < b.pack ? -1 : 1;
  return a.offset - b.offset || a.length - b.length || a.skip - b.skip;
}

function spanOf(extents: readonly ByteRange[]): ByteRange {
  const offset = extents[0]?.offset ?? 0;
  return { offset, length: extents.reduce((end, extent) => Math.max(end, endOf(extent)), offset) - offset };
}

function endOf({ offset, length }: ByteRange): number {
  return offset + length;
}
