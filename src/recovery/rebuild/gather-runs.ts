import { codeOf } from '../../errors/hubkeep-error';
import type { BlobStore } from '../../ports/blob-store';
import { unlessDamaged } from '../../repository/chain';
import { layout, runOf } from '../../repository/layout';
import { readIfPresent } from '../../repository/read-if-present';
import type { RecoveryPoints, StoredPoint } from '../../repository/recovery-points';
import { readPackList } from '../../repository/share-record';
import type { RunPacks } from './replay';

export interface GatheredRuns {
  readonly target: StoredPoint;
  /** Up to and with the target's, oldest first. */
  readonly runs: readonly RunPacks[];
  /** Ids of points before it whose record is lost or damaged: what their runs stored is looked for all the same. */
  readonly unreadable: readonly string[];
}

/** The packs that the runs of a point and of all it builds upon wrote. Throws `point.not-found`. */
export async function gatherRuns(store: BlobStore, points: RecoveryPoints, id: string): Promise<GatheredRuns> {
  const target = await points.read(id);
  const named = new Set((await listOf(store, target))?.map((pack) => runOf(layout.pack(pack))));
  const runs: RunPacks[] = [];
  const unreadable: string[] = [];
  /** The run that the one before built upon; undefined where that is not on record. */
  let wanted: string | null | undefined = id;
  for (const link of (await points.chain()).reverse()) {
    if (wanted === null) break;
    if (link.sequence > target.point.sequence || (wanted !== undefined && wanted !== link.id)) continue;
    const stored = await unlessDamaged(points.follow(link));
    if (stored !== undefined) {
      const { fileshare } = stored.point;
      if (fileshare?.status !== 'succeeded') continue;
      runs.push({ run: link.id, packs: await packsOf(store, stored) });
      wanted = fileshare.base;
    } else if (wanted === link.id || named.has(link.id) || (await isThere(store, link.id))) {
      unreadable.push(link.id);
      runs.push({ run: link.id, packs: await listPacks(store, link.id) });
      wanted = undefined;
    }
  }
  return { target, runs: runs.reverse(), unreadable: unreadable.reverse() };
}

/** False where a run died before it had a record, and where its point was deleted. */
async function isThere(store: BlobStore, id: string): Promise<boolean> {
  return (await readIfPresent(store, layout.point(id))) !== undefined;
}

/** A list also says which of what lies there was left by an attempt that died; without it, all counts. */
async function packsOf(store: BlobStore, stored: StoredPoint): Promise<string[]> {
  const { id } = stored.point;
  const list = await listOf(store, stored);
  return list === undefined ? listPacks(store, id) : list.filter((pack) => pack.startsWith(`${id}/`)).sort();
}

/** Every pack that a point needs; nothing where its list is lost. */
async function listOf(store: BlobStore, { point: { fileshare } }: StoredPoint): Promise<string[] | undefined> {
  if (fileshare?.status !== 'succeeded') return undefined;
  try {
    return (await readPackList(store, fileshare.packs.key)).map(({ pack }) => pack);
  } catch (error) {
    if (codeOf(error) !== 'format.damaged' && codeOf(error) !== 'store.not-found') throw error;
    return undefined;
  }
}

async function listPacks(store: BlobStore, run: string): Promise<string[]> {
  const packs: string[] = [];
  for await (const { key } of store.list(layout.packs(run))) packs.push(layout.packOf(key));
  return packs;
}
