import type { BlobStore } from '../ports/blob-store';
import type { Clock } from '../ports/clock';
import { layout, perRunPrefixes, runOf } from '../repository/layout';

/** What a dead run left stays this long: it may still be looked into, and a slow clock must not cost a living run its packs. */
const keptMs = 48 * 60 * 60_000;

/** Removes what runs left behind that never committed a point. @returns how many blobs went. */
export async function removeOrphans({ store, clock, runningId }: { store: BlobStore; clock: Clock; runningId: string }): Promise<number> {
  const before = clock.now().getTime() - keptMs;
  const committed = new Map<string, boolean>([[runningId, true]]);
  let removed = 0;
  for (const prefix of perRunPrefixes) {
    for await (const { key, lastModified } of store.list(prefix)) {
      const runId = runOf(key);
      if (lastModified.getTime() > before) continue;
      if (!committed.has(runId)) committed.set(runId, await hasPoint(store, runId));
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
