import { type ContentPlace, largeFrom, mostLargeSizes, pageRecords, recordSize, writeRecord } from './content-format';
import { joinSizes, noSizes } from './large-sizes';
import type { ContentSource } from './write-content';

/** What a content file is made of, in ascending order of hash, each hash once. */
export interface SortedContents {
  readonly count: number;
  /** Names of packs, as `{runId}/{name}`, in the order the contents number them. */
  readonly packs: Iterable<string>;
  readonly entries: Iterable<ContentPlace & { readonly hash: Buffer }>;
}

/** Contents held in memory as the pages of a file. */
export function pagesOf({ count, packs, entries }: SortedContents): ContentSource {
  const large = new Set<number>();
  function* pages() {
    let page = Buffer.allocUnsafe(pageRecords * recordSize);
    let filled = 0;
    for (const entry of entries) {
      writeRecord(page, filled, entry);
      filled += recordSize;
      if (entry.size >= largeFrom) large.add(entry.size);
      if (filled < page.length) continue;
      yield page;
      page = Buffer.allocUnsafe(pageRecords * recordSize);
      filled = 0;
    }
    if (filled > 0) yield page.subarray(0, filled);
  }
  return { pages: pages(), most: count, packs, large: () => joinSizes(noSizes, Float64Array.from(large), mostLargeSizes) };
}
