import { hash } from 'node:crypto';
import type { PackReference } from '../contracts/recovery-point';
import type { SharePath } from '../contracts/share-path';
import type { BlobStore } from '../ports/blob-store';
import type { IndexLine } from '../repository/index-entry';
import { layout } from '../repository/layout';
import { compressFrame, skippableFrame } from '../repository/zstd';

/**
 * What a run changed without storing content: paths that reuse older content, and paths removed. Stored in a pack of
 * its own as a skippable frame, so that an index can be rebuilt from packs alone and tar passes over it.
 */
export function createJournal() {
  const lines: string[] = [];
  return {
    reused(line: IndexLine) {
      lines.push(line.line);
    },
    removed(path: SharePath) {
      lines.push(JSON.stringify({ path, type: 'removed' }));
    },
    /** @returns nothing when there was nothing to tell. */
    async write(store: BlobStore, pack: string): Promise<PackReference | undefined> {
      if (lines.length === 0) return undefined;
      const bytes = skippableFrame(compressFrame(Buffer.from(lines.map((line) => `${line}\n`).join(''), 'utf8')));
      const sha256 = hash('sha256', bytes, 'hex');
      await store.put(layout.pack(pack), bytes, { onlyIfAbsent: true, sha256 });
      return { pack, size: bytes.length, sha256, encryption: 'none', journal: true };
    },
  };
}
