import type { SharePath } from '../contracts/share-path';
import type { StoredContent } from '../repository/content-index';
import type { Extent } from '../repository/index-entry';
import type { FrameRange } from '../repository/pack-builder';

interface Known {
  readonly hash: Buffer;
  readonly size: number;
  readonly path: SharePath;
  readonly skip: number;
  range: FrameRange | undefined;
}

/** Contents this activity has stored so far. */
export function createKnownContents() {
  const entries: Known[] = [];
  const byHash = new Map<string, number>();
  return {
    find: (hash: Buffer): number | undefined => byHash.get(hash.toString('latin1')),
    add(content: Omit<Known, 'range'>): number {
      const entry = entries.push({ ...content, range: undefined }) - 1;
      byHash.set(content.hash.toString('latin1'), entry);
      return entry;
    },
    place(entry: number, range: FrameRange) {
      const known = entries[entry];
      if (known !== undefined) known.range = range;
    },
    extentOf(entry: number): Extent | undefined {
      const known = entries[entry];
      return known?.range === undefined ? undefined : { ...known.range, skip: known.skip };
    },
    pathOf: (entry: number): SharePath => entries[entry]?.path ?? '',
    count: () => entries.length,
    stored(): StoredContent[] {
      return entries.flatMap(({ hash, size, skip, range }) =>
        range === undefined ? [] : [{ hash, size, extent: { ...range, skip } }],
      );
    },
  };
}

export type KnownContents = ReturnType<typeof createKnownContents>;
