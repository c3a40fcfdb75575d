import { bytesToPath, pathToBytes, type SharePath } from '../contracts/share-path';
import type { SortedContents } from '../repository/content/sorted-contents';
import { createContentTable, type TableEntry } from '../repository/content-table';
import type { Extent } from '../repository/index-entry';
import type { FrameRange } from '../repository/pack-builder';

export interface KnownContent {
  /** Raw sha256. */
  readonly hash: Buffer;
  readonly size: number;
  /** Of the member that holds it. */
  readonly path: SharePath;
  readonly skip: number;
}

/** Contents this activity has stored, or put into a frame that has no place yet. Some 75 bytes each, and their paths. */
export function createKnownContents() {
  const table = createContentTable();
  const packs: string[] = [];
  const numbers = new Map<string, number>();

  function numberOf(pack: string): number {
    const known = numbers.get(pack);
    if (known !== undefined) return known;
    const number = packs.push(pack) - 1;
    numbers.set(pack, number);
    return number;
  }

  function extentFrom({ pack, offset, length, skip }: TableEntry): Extent {
    return { pack: packs[pack] ?? '', offset, length, skip };
  }

  return {
    /** @returns the entry, if any. */
    find: table.find,
    add: ({ path, ...content }: KnownContent): number => table.add({ ...content, pathBytes: pathToBytes(path) }),
    place(entry: number, { pack, offset, length }: FrameRange) {
      table.place(entry, { pack: numberOf(pack), offset, length });
    },
    /** Of an entry that has been placed. */
    extentOf: (entry: number): Extent => extentFrom(table.get(entry)),
    pathOf: (entry: number): SharePath => bytesToPath(table.pathOf(entry)),
    count: table.count,
    bytes: table.bytes,
    /** Gives the memory back; nothing may follow. */
    forget: table.free,
    /** Every content with a place, as a content file takes it. */
    stored: (): SortedContents => ({ count: table.count(), packs, entries: table.inOrder() }),
  };
}

export type KnownContents = ReturnType<typeof createKnownContents>;
