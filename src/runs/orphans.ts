import type { BlobStat, BlobStore } from '../ports/blob-store';
import type { Clock } from '../ports/clock';
import { layout, perRunPrefixes, runOf } from '../repository/layout';
import { createRecoveryPoints } from '../repository/recovery-points';

/** What a dead run left stays this long: it may still be looked into, and a slow clock must not cost a living run its packs. */
const keptMs = 48 * 60 * 60_000;

/**
 * Removes what runs left behind that never came to a commit. A run with a link in the chain came to one: when its record
 * is gone, later points may still need its packs. @returns how many blobs went.
 */
export async function removeOrphans({
  store,
  clock,
  runningId,
}: {
  store: BlobStore;
  clock: Clock;
  runningId: string;
}): Promise<number> {
  const before = clock.now().getTime() - keptMs;
  const isOld = ({ lastModified }: BlobStat) => lastModified.getTime() <= before;
  const withPoint = once(() => idsOfPoints(store));
  const linked = once(async () => new Set((await createRecoveryPoints(store).chain()).map(({ id }) => id)));

  async function isOrphan({ key }: BlobStat): Promise<boolean> {
    const runId = runOf(key);
    return runId !== runningId && !(await withPoint()).has(runId) && !(await linked()).has(runId);
  }

  let removed = 0;
  for (const prefix of perRunPrefixes) {
    for await (const blob of store.list(prefix)) {
      if (!isOld(blob) || !(await isOrphan(blob))) continue;
      await store.remove(blob.key);
      removed += 1;
    }
  }
  return removed;
}

/** Of all points whose record is there, whether or not it can be read. */
async function idsOfPoints(store: BlobStore): Promise<Set<string>> {
  const ids = new Set<string>();
  for await (const { key } of store.list(layout.points)) if (key === layout.point(runOf(key))) ids.add(runOf(key));
  return ids;
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= work());
}
