import type { ShareDrill } from '../../contracts/drill';
import type { FileShareRecord, RecoveryPoint } from '../../contracts/recovery-point';
import { shownPath } from '../../contracts/share-path';
import { HubkeepError } from '../../errors/hubkeep-error';
import type { BlobStore } from '../../ports/blob-store';
import type { Clock } from '../../ports/clock';
import type { Scratch, ScratchPlace } from '../../ports/scratch';
import { createContentHash } from '../../repository/content-hash';
import type { FileEntry } from '../../repository/index-entry';
import { createPathList } from '../path-list';
import type { SpawnWriter } from '../restore-protocol';
import { restoreShare } from '../restore-share';
import { chooseFiles, type FileLimits } from './choose-files';
import type { Drills } from './drills';

export interface ShareDrillDeps {
  readonly store: BlobStore;
  readonly clock: Clock;
  readonly scratch: Scratch;
  /** Absent where this program has no writer threads. */
  readonly spawn: SpawnWriter | undefined;
  readonly threads: number;
  readonly drills: Drills;
  /** How much of the share is restored at once, where not as much as usual. */
  readonly limits?: FileLimits;
}

export interface ShareDrillRequest {
  readonly drillId: string;
  readonly point: RecoveryPoint;
  readonly share: FileShareRecord;
}

/** Enough to know that restoring works, and little enough for the disk of any host. */
const usual: FileLimits = { files: 2_000, bytes: 512 * 1024 * 1024 };
const wrongShown = 20;
const readSize = 1024 * 1024;

/** Restores some files of the share to this machine, reads them back and compares them with the index. */
export async function drillShare(deps: ShareDrillDeps, { drillId, point, share }: ShareDrillRequest): Promise<ShareDrill> {
  const { store, clock, scratch, spawn, threads, drills, limits: most = usual } = deps;
  if (spawn === undefined) throw new HubkeepError('internal', 'nothing can be restored by this program');
  const place = await scratch.open(drillId);
  try {
    const limits = { ...most, bytes: Math.min(most.bytes, place.freeBytes) };
    const { files, tooLarge, next } = await chooseFiles(store, share, { after: await lastPath(drills, drillId), limits });
    const list = createPathList(files.map(({ path }) => path));
    const identity = { recoveryPoint: point.id, include: [], paths: list.hash };
    const startedAt = clock.now().getTime();
    const restored = await restoreShare({ store, target: place.target, share, identity, list, spawn, threads });
    const seconds = (clock.now().getTime() - startedAt) / 1_000;
    const wrong: string[] = [];
    for (const file of files) if (!(await isAsRecorded(place, file))) wrong.push(shownPath(file.path));
    return {
      status: 'succeeded',
      files: files.length,
      bytes: restored.bytes,
      seconds,
      wrong: wrong.slice(0, wrongShown),
      wrongFiles: wrong.length,
      tooLarge,
      next,
    };
  } finally {
    await place.remove();
  }
}

/** Where the last drill that rehearsed the share left off. */
async function lastPath(drills: Drills, drillId: string): Promise<string | null> {
  for await (const { id, share } of drills.newestFirst()) {
    if (id !== drillId && share?.status === 'succeeded') return share.next;
  }
  return null;
}

async function isAsRecorded({ source }: ScratchPlace, { path, size, hash }: FileEntry): Promise<boolean> {
  const file = await source.open(path);
  try {
    if (file.size !== size) return false;
    const content = createContentHash(size);
    const buffer = Buffer.alloc(readSize);
    for (let read = await file.read(buffer); read > 0; read = await file.read(buffer)) content.update(buffer.subarray(0, read));
    return content.digest().text === hash;
  } finally {
    await file.close();
  }
}
