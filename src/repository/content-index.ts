import { HubkeepError } from '../errors/hubkeep-error';
import type { Extent } from './index-entry';
import { footerSize, pageRecords, pageSize, readFooter, readRecord, recordSize, sectionsOf } from './content/content-format';
import type { SortedContents } from './content/sorted-contents';
import { decompressFrames } from './zstd';

export interface StoredContent {
  /** Raw sha256. */
  readonly hash: Buffer;
  readonly size: number;
  readonly extent: Extent;
}

/** Puts contents in order for a content file. Of two with the same hash the first wins. */
export function sortContents(contents: readonly StoredContent[]): SortedContents {
  const sorted = [...contents].sort((a, b) => a.hash.compare(b.hash));
  const distinct = sorted.filter(({ hash }, i) => sorted[i - 1]?.hash.equals(hash) !== true);
  const packs = new Map<string, number>();
  const entries = distinct.map(({ hash, size, extent: { pack, ...place } }) => {
    const number = packs.get(pack) ?? packs.set(pack, packs.size).size - 1;
    return { hash, size, ...place, pack: number };
  });
  return { count: entries.length, packs: [...packs.keys()], entries };
}

/** Content that earlier points stored, looked up by hash. Holds 64 bytes per distinct content. */
export interface ContentIndex {
  find(hash: Uint8Array): { readonly size: number; readonly extent: Extent } | undefined;
  /** Sizes of all contents of at least `minimum` bytes: a large file of any other size is new without being read first. */
  sizesFrom(minimum: number): Set<number>;
}

/** @param files whole content files. */
export function openContent(files: readonly Uint8Array[]): ContentIndex {
  const tables = files.map(openTable);
  return {
    find(hash) {
      for (const table of tables) {
        const found = table.find(hash);
        if (found !== undefined) return found;
      }
      return undefined;
    },
    sizesFrom: (minimum) => new Set(tables.flatMap((table) => table.sizes().filter((size) => size >= minimum))),
  };
}

function openTable(file: Uint8Array) {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const footer = readFooter(bytes.subarray(Math.max(0, bytes.length - footerSize)));
  if (footer === undefined || sectionsOf(footer).size !== bytes.length) throw damaged();
  const { names, tail } = sectionsOf(footer);
  const packs = decompressFrames(bytes.subarray(names, tail), bytes.length * 100)
    .toString()
    .split('\n');
  const positionOf = (i: number) => Math.floor(i / pageRecords) * pageSize + (i % pageRecords) * recordSize;
  return {
    find(hash: Uint8Array) {
      let low = 0;
      let high = footer.records - 1;
      while (low <= high) {
        const middle = (low + high) >>> 1;
        const at = positionOf(middle);
        const order = bytes.compare(hash, 0, 32, at, at + 32);
        if (order === 0) return foundAt(bytes, at, packs);
        if (order < 0) low = middle + 1;
        else high = middle - 1;
      }
      return undefined;
    },
    sizes: () => Array.from({ length: footer.records }, (_, i) => readRecord(bytes, positionOf(i)).size),
  };
}

function foundAt(bytes: Buffer, at: number, packs: readonly string[]) {
  const { size, pack, skip, offset, length } = readRecord(bytes, at);
  const name = packs[pack];
  if (name === undefined) throw damaged();
  return { size, extent: { pack: name, skip, offset, length } };
}

const damaged = () => new HubkeepError('format.damaged', 'a content file is damaged');
