import { hash } from 'node:crypto';
import type { BlobReference } from '../../contracts/recovery-point';
import { codeOf, HubkeepError, isHubkeepError } from '../../errors/hubkeep-error';
import type { BlobStore } from '../../ports/blob-store';
import { layout } from '../layout';
import { mergeContents } from './merge-contents';
import { writeContent } from './write-content';

/** A file stays as it is while it is at least so many times as large as everything newer. */
const ratio = 3;
/** Everything newer counts as at least this much, so that small nights do not make a file each. */
const floor = 1024 * 1024;
export const mostContentFiles = 8;

export interface CompactOptions {
  readonly store: BlobStore;
  readonly runId: string;
  /** Content files of the point this one is built upon, oldest first. */
  readonly earlier: readonly BlobReference[];
  /** Those of this run's boxes. */
  readonly added: readonly BlobReference[];
}

/**
 * The content files a new point names: those of the earlier point and of the run, the newest merged into one so that
 * sizes fall at least threefold from file to file and there are at most eight. What it stores is the same, under the
 * same name, however often it is done. A damaged file is left out: its contents will count as new.
 */
export async function compactContents({ store, runId, earlier, added }: CompactOptions): Promise<BlobReference[]> {
  const kept = keptOf(earlier, added);
  const older = earlier.slice(0, kept);
  let newer = [...earlier.slice(kept), ...added];
  while (newer.length > 1) {
    try {
      return [...older, await mergeOnce(store, runId, newer)];
    } catch (error) {
      const damaged = damagedFile(error);
      if (!newer.some(({ key }) => key === damaged)) throw error;
      newer = newer.filter(({ key }) => key !== damaged);
    }
  }
  return [...older, ...newer];
}

function damagedFile(error: unknown): unknown {
  return isHubkeepError(error) && error.code === 'format.damaged' ? error.details['blob'] : undefined;
}

/** How many of the oldest files stay as they are. */
function keptOf(earlier: readonly BlobReference[], added: readonly BlobReference[]): number {
  if (added.length === 0 && earlier.length <= mostContentFiles) return earlier.length;
  let newer = added.reduce((sum, { size }) => sum + size, 0);
  let kept = earlier.length;
  for (; kept > 0; kept--) {
    const size = earlier[kept - 1]?.size ?? 0;
    if (kept < mostContentFiles && size >= ratio * Math.max(newer, floor)) break;
    newer += size;
  }
  return kept;
}

/** The name is made of what is merged: a second attempt, also at once, finds or makes the very same blob. */
async function mergeOnce(store: BlobStore, runId: string, references: readonly BlobReference[]): Promise<BlobReference> {
  const key = layout.content(
    runId,
    `merged-${hash('sha256', references.map(({ sha256 }) => sha256).join(), 'hex').slice(0, 16)}`,
  );
  const found = await findMerged(store, key);
  if (found !== undefined) return found;
  try {
    return await writeContent(store, key, await mergeContents(store, references));
  } catch (error) {
    const theirs = codeOf(error) === 'store.exists' ? await findMerged(store, key) : undefined;
    if (theirs === undefined) throw error;
    return theirs;
  }
}

async function findMerged(store: BlobStore, key: string): Promise<BlobReference | undefined> {
  try {
    const { size, sha256 } = await store.stat(key);
    if (sha256 === undefined) throw new HubkeepError('format.damaged', `content file ${key} carries no hash`);
    return { key, size, sha256 };
  } catch (error) {
    if (codeOf(error) !== 'store.not-found') throw error;
    return undefined;
  }
}
