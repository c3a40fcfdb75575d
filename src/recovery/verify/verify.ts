import type { RecoveryPoint } from '../../contracts/recovery-point';
import { HubkeepError } from '../../errors/hubkeep-error';
import type { BlobStore } from '../../ports/blob-store';
import type { RecoveryPoints } from '../../repository/recovery-points';
import { createExpectedBlobs } from './expected-blobs';
import { createFindings, type Finding } from './finding';
import { inParallel } from '../in-parallel';
import { checkPackList } from './check-pack-list';
import { checkPresence } from './check-presence';
import { readBlob } from './read-blob';
import { checkChain, type CheckedChain } from './check-chain';
import { checkBackups, type InspectBackup } from './check-backups';
import { checkIndexes } from './check-index';
import { checkSecrets, type ReadSecrets } from './check-secrets';

export interface VerifyOptions {
  readonly store: BlobStore;
  readonly points: RecoveryPoints;
  /** A point's id, `latest` or `all`. */
  readonly target: string;
  /** Reads every byte; otherwise sizes, stored hashes and the whole index. */
  readonly deep: boolean;
  readonly inspect: InspectBackup;
  /** Absent where there is no vault to ask. */
  readonly readSecrets?: ReadSecrets | undefined;
  /** Bytes read so far, and of how many. */
  readonly onProgress?: (bytes: number, total: number) => void;
}

export interface Verification {
  /** Ids of the points that were looked at, newest first. */
  readonly points: readonly string[];
  readonly deep: boolean;
  /** Blobs checked, the chain apart. */
  readonly blobs: number;
  readonly bytesRead: number;
  /** Versions of secrets read; null where there was no vault to ask, although there are some. */
  readonly secrets: number | null;
  readonly findings: readonly Finding[];
}

const readsInFlight = 4;

/**
 * Checks that recovery points can be restored from what is stored. The chain of records is checked whole, whichever
 * points are asked for; a blob that several points share is read once. Changes nothing.
 * @throws `point.not-found`, and what the store throws when it cannot be read at all.
 */
export async function verify(options: VerifyOptions): Promise<Verification> {
  const { store, points, target, deep, inspect, readSecrets, onProgress } = options;
  const findings = createFindings();
  const chain = await checkChain(store, findings);
  const targets = await choose(chain, points, target);

  const expected = createExpectedBlobs(findings);
  const withPackList = new Set<string>();
  for (const point of targets) {
    expected.addPoint(point);
    if (point.fileshare?.status !== 'succeeded') continue;
    const packs = await checkPackList(store, { id: point.id, share: point.fileshare }, findings);
    if (packs === undefined) continue;
    withPackList.add(point.id);
    expected.addPacks(point.id, packs);
  }

  const blobs = expected.all();
  const damage = await checkPresence(store, blobs, findings);
  const total = indexBytes(targets) + (deep ? blobs.reduce((sum, { size }) => sum + size, 0) : 0);
  let bytesRead = 0;
  const onBytes = (bytes: number) => {
    bytesRead += bytes;
    onProgress?.(bytesRead, total);
  };
  if (deep) await readAll();
  await checkBackups(targets, { inspect, findings, isDamaged: (key) => damage.has(key) });
  const hasSecrets = targets.some(({ secrets }) => secrets?.status === 'succeeded');
  const secrets = readSecrets === undefined ? (hasSecrets ? null : 0) : await checkSecrets(targets, readSecrets, findings);
  const hasPackList = (id: string) => withPackList.has(id);
  const segments = await checkIndexes(targets, { store, expected, damage, findings, hasPackList, onBytes });
  return {
    points: targets.map(({ id }) => id),
    deep,
    blobs: blobs.length + segments + withPackList.size,
    bytesRead,
    secrets,
    findings: findings.all(),
  };

  async function readAll() {
    const sound = blobs.filter(({ key }) => !damage.has(key));
    await inParallel(sound, readsInFlight, async (blob) => {
      const { problem, damaged } = await readBlob(store, blob, onBytes);
      if (problem === undefined) return;
      damage.set(blob.key, damaged);
      findings.add({ ...problem, blob: blob.key, points: [...blob.points] });
    });
  }
}

async function choose({ intact, ids }: CheckedChain, points: RecoveryPoints, target: string): Promise<readonly RecoveryPoint[]> {
  if (target === 'all') return intact;
  if (target !== 'latest') {
    if (!ids.has(target)) throw notFound(`there is no recovery point ${target}`);
    return intact.filter(({ id }) => id === target);
  }
  for (const point of intact) {
    const marks = await points.marks(point.id);
    if (!marks.some(({ kind }) => kind === 'suspect')) return [point];
  }
  if (ids.size > 0) return [];
  throw notFound('there is no recovery point yet');
}

function notFound(message: string): HubkeepError {
  return new HubkeepError('point.not-found', message, { hint: 'hubkeep list shows those that exist.' });
}

/** Compressed bytes of all segments, each once. */
function indexBytes(points: readonly RecoveryPoint[]): number {
  const segments = points.flatMap(({ fileshare }) => (fileshare?.status === 'succeeded' ? fileshare.segments : []));
  return [...new Map(segments.map(({ key, size }) => [key, size])).values()].reduce((sum, size) => sum + size, 0);
}
