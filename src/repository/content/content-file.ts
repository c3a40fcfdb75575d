import { crc32 } from 'node:zlib';
import type { Extent } from '../index-entry';
import { after } from './after';
import type { ContentBytes } from './content-bytes';
import {
  type ContentFooter,
  damagedContent,
  namesPerFrame,
  pageRecords,
  pageSize,
  readRecord,
  recordSize,
  sectionsOf,
} from './content-format';
import type { ContentTail } from './content-tail';
import { nameIn, openNames } from './pack-names';
import type { PageCache } from './page-cache';
import { mayHold } from './page-filter';

export interface Found {
  readonly size: number;
  readonly extent: Extent;
}

export type Finding = Found | undefined | Promise<Found | undefined>;

export interface ContentFileOptions {
  readonly bytes: ContentBytes;
  readonly footer: ContentFooter;
  readonly tail: ContentTail;
  readonly cache: PageCache;
  /** Different for every file that shares the cache, below 1000. */
  readonly number: number;
}

/** Pages and name frames of a file in the cache: far more than a file has of either. */
const cacheIds = 2 ** 42;

/** Looks up hashes in one content file; answers at once what needs no request. */
export function createContentFile({ bytes, footer, tail, cache, number }: ContentFileOptions) {
  const { key } = bytes;
  const { names: namesAt, pages } = sectionsOf(footer);
  const { directory, stride, nameEnds } = tail;

  /** Units of `stride` pages, as the directory knows them. */
  function unit(index: number): Buffer | Promise<Buffer> {
    const load = () => {
      const first = index * stride;
      const last = Math.min(first + stride, pages);
      const end = last === pages ? namesAt : last * pageSize;
      return after(bytes.read(first * pageSize, end - first * pageSize), (read) => withoutSums(read, bytes));
    };
    // Whole files were proven when they were read, and their pages are in memory already.
    return bytes.held > 0 && stride === 1 ? recordsAt(index) : cache.get(number * cacheIds + index, load);
  }

  function recordsAt(page: number): Buffer {
    const start = page * pageSize;
    return bytes.read(start, Math.min(pageRecords * recordSize, namesAt - start - 4)) as Buffer;
  }

  function nameOf(pack: number): string | Promise<string> {
    if (pack >= footer.packs) throw damagedContent(key, `names no pack ${pack}`);
    const frame = Math.floor(pack / namesPerFrame);
    const start = nameEnds[frame - 1] ?? 0;
    const load = () => after(bytes.read(namesAt + start, (nameEnds[frame] ?? 0) - start), (read) => openNames(read, key));
    const names = cache.get(number * cacheIds + cacheIds / 2 + frame, load);
    return after(names, (lines) => nameIn(lines, pack, key));
  }

  function findIn(records: Buffer, hash: Buffer): Finding {
    const at = positionOf(records, hash);
    if (at === undefined) return undefined;
    const { size, pack, skip, offset, length } = readRecord(records, at);
    return after(nameOf(pack), (name): Found => ({ size, extent: { pack: name, offset, length, skip } }));
  }

  /** Looks in `index` and those after it, up to `last`. */
  function search(index: number, last: number, hash: Buffer): Finding {
    for (; index <= last; index++) {
      if (tail.filterSize > 0 && !mayHold({ filters: tail.filters, size: tail.filterSize }, index, hash)) continue;
      const next = index + 1;
      return after(
        after(unit(index), (records) => findIn(records, hash)),
        (found) => found ?? search(next, last, hash),
      );
    }
    return undefined;
  }

  return {
    key,
    find(hash: Buffer): Finding {
      const prefix = hash.readUInt32BE(0);
      // A page may begin within records that share their first four bytes: then the one before it counts too.
      const last = countBelow(directory, prefix + 1) - 1;
      return search(Math.max(0, countBelow(directory, prefix) - 1), last, hash);
    },
    /** Memory held, the cache apart. */
    bytes: () => bytes.held + tail.bytes,
  };
}

export type ContentFile = ReturnType<typeof createContentFile>;

/** How many of these ascending numbers are less than `limit`. */
function countBelow(numbers: Uint32Array, limit: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function positionOf(records: Buffer, hash: Buffer): number | undefined {
  let low = 0;
  let high = records.length / recordSize - 1;
  while (low <= high) {
    const at = ((low + high) >>> 1) * recordSize;
    const order = records.compare(hash, 0, 32, at, at + 32);
    if (order === 0) return at;
    if (order < 0) low = at / recordSize + 1;
    else high = at / recordSize - 1;
  }
  return undefined;
}

/** Proves pages by their CRC and gives their records without it. */
export function withoutSums(pages: Buffer, { key }: ContentBytes): Buffer {
  const records: Buffer[] = [];
  for (let at = 0; at < pages.length; at += pageSize) {
    const end = Math.min(at + pageSize, pages.length) - 4;
    const page = pages.subarray(at, end);
    if (crc32(page) !== pages.readUInt32LE(end)) throw damagedContent(key, 'has a damaged page');
    records.push(page);
  }
  return records.length === 1 ? (records[0] as Buffer) : Buffer.concat(records);
}
