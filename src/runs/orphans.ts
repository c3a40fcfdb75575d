import type { BlobStore } from '../ports/blob-store';
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
  const committed = new Map<string, boolean>([[runningId, true]]);
  let linked: Set<string> | undefined;
  let removed = 0;

  async function isLinked(runId: string): Promise<boolean> {
    linked ??= new Set((await createRecoveryPoints(store).chain()).map(({ id }) => id));
    return linked.has(runId);
  }

  for (const prefix of perRunPrefixes) {
    for await (const { key, lastModified } of store.list(prefix)) {
      const runId = runOf(key);
      if (lastModified.getTime() > before) continue;
      if (!committed.has(runId)) committed.set(runId, (await hasPoint(store, runId)) || (await isLinked(runId)));
      if (committed.get(runId) === true) continue;
      await store.remove(key);
      removed += 1;
    }
  }
  return removed;
}

async function hasPoint(store: BlobStore, runId: string): Promise<boolean> {
  for await (const blob of store.list(layout.point(runId))) if (blob.key === layout.point(runId)) return true;
  return false;
}
