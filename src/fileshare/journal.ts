import { hash } from 'node:crypto';
import type { PackReference } from '../contracts/recovery-point';
import type { SharePath } from '../contracts/share-path';
import type { BlobStore } from '../ports/blob-store';
import type { IndexLine } from '../repository/index-entry';
import { layout } from '../repository/layout';
import { compressFrameAside, skippableFrame } from '../repository/zstd';

/**
 * What a box changed without storing content: paths that reuse older content, and paths removed. Stored in packs of
 * their own as skippable frames, so that an index can be rebuilt from packs alone and tar passes over them.
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
    reused: ({ line }: IndexLine) => add(line),
    removed: (path: SharePath) => add(JSON.stringify({ path, type: 'removed' })),
    /** Stores what there is to tell, if anything. */
    async write(): Promise<void> {
      if (lines.length === 0) return;
      const told = Buffer.from(lines.map((line) => `${line}\n`).join(''), 'utf8');
      lines = [];
      heldBytes = 0;
      const pack = `${packPrefix}-9-${String(++number).padStart(6, '0')}`;
      const bytes = skippableFrame(await compressFrameAside(told));
      const sha256 = hash('sha256', bytes, 'hex');
      await store.put(layout.pack(pack), bytes, { onlyIfAbsent: true, sha256 });
      packs.push({ pack, size: bytes.length, sha256, encryption: 'none', journal: true });
    },
  };
}
