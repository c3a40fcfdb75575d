import type { PackReference } from '../contracts/recovery-point';
import type { SharePath } from '../contracts/share-path';
import type { BlobStore } from '../ports/blob-store';
import type { IndexLine } from '../repository/index-entry';
import { removedLine, storeJournal } from '../repository/journal-pack';

/**
 * What a box changed that no member of its packs tells: paths that reuse older content or were read too soon, and paths
 * that are gone. Stored in packs of their own as skippable frames, so that an index can be rebuilt from packs alone and tar passes over them.
 */
export function createJournal(store: BlobStore, packPrefix: string) {
  const packs: PackReference[] = [];
  let lines: string[] = [];
  let heldBytes = 0;
  let number = 0;

  function add(line: string) {
    lines.push(line);
    heldBytes += line.length;
  }

  return {
    /** Those written so far. */
    packs,
    /** Characters that wait for `write`. */
    heldBytes: () => heldBytes,
    told: ({ line }: IndexLine) => add(line),
    removed: (path: SharePath) => add(removedLine(path)),
    /** Stores what there is to tell, if anything. */
    async write(): Promise<void> {
      if (lines.length === 0) return;
      const told = lines;
      lines = [];
      heldBytes = 0;
      packs.push(await storeJournal(store, `${packPrefix}-9-${String(++number).padStart(6, '0')}`, told));
    },
  };
}
