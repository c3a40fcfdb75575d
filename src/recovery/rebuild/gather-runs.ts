import { codeOf } from '../../errors/hubkeep-error';
import type { BlobStore } from '../../ports/blob-store';
import { layout } from '../../repository/layout';
import type { RecoveryPoints, StoredPoint } from '../../repository/recovery-points';
import { readPackList } from '../../repository/share-record';
import type { RunPacks } from './replay';

export interface GatheredRuns {
  readonly target: StoredPoint;
  /** Up to and with the target's, oldest first. */
  readonly runs: readonly RunPacks[];
  /** Ids of points before it whose record cannot be read: what their runs stored is looked for all the same. */
  readonly unreadable: readonly string[];
}

/** The packs that the runs of a point and of all before it wrote. Throws `point.not-found`. */
export async function gatherRuns(store: BlobStore, points: RecoveryPoints, id: string): Promise<GatheredRuns> {
  const target = await points.read(id);
  const runs: RunPacks[] = [];
  const unreadable: string[] = [];
  for (const link of await points.chain()) {
    if (link.sequence > target.point.sequence) break;
    try {
      const stored = await points.follow(link);
      if (stored !== undefined) runs.push({ run: link.id, packs: await packsOf(store, stored) });
    } catch (error) {
      if (codeOf(error) !== 'format.damaged') throw error;
      unreadable.push(link.id);
      runs.push({ run: link.id, packs: await listPacks(store, link.id) });
    }
  }
  return { target, runs, unreadable };
}

/** A list also says which of what lies there was left by an attempt that died; without it, all counts. */
async function packsOf(store: BlobStore, { point: { id, fileshare } }: StoredPoint): Promise<string[]> {
  if (fileshare?.status !== 'succeeded') return [];
  try {
    const own = (await readPackList(store, fileshare.packs.key))
      .map(({ pack }) => pack)
      .filter((pack) => pack.startsWith(`${id}/`));
    return own.sort();
  } catch (error) {
    if (codeOf(error) !== 'format.damaged' && codeOf(error) !== 'store.not-found') throw error;
    return listPacks(store, id);
  }
}

async function listPacks(store: BlobStore, run: string): Promise<string[]> {
  const packs: string[] = [];
  for await (const { key } of store.list(layout.packs(run))) packs.push(layout.packOf(key));
  return packs;
}
