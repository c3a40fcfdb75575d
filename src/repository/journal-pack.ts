import { hash } from 'node:crypto';
import type { PackReference } from '../contracts/recovery-point';
import type { SharePath } from '../contracts/share-path';
import { codeOf } from '../errors/hubkeep-error';
import type { BlobStore } from '../ports/blob-store';
import { layout } from './layout';
import { compressFrameAside, skippableFrame } from './zstd';

/** What a journal says of a path that is gone. */
export const removedLine = (path: SharePath): string => JSON.stringify({ path, type: 'removed' });

/** Stores lines of a journal as a pack that tar passes over. @param pack `{runId}/{name}`; what is stored twice has to be the same. */
export async function storeJournal(store: BlobStore, pack: string, lines: readonly string[]): Promise<PackReference> {
  const told = Buffer.from(lines.map((line) => `${line}\n`).join(''), 'utf8');
  const bytes = skippableFrame(await compressFrameAside(told));
  const sha256 = hash('sha256', bytes, 'hex');
  try {
    await store.put(layout.pack(pack), bytes, { onlyIfAbsent: true, sha256 });
  } catch (error) {
    if (codeOf(error) !== 'store.exists') throw error;
  }
  return { pack, size: bytes.length, sha256, encryption: 'none', journal: true };
}
