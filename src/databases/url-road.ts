import { createHash } from 'node:crypto';
import { codeOf, HubkeepError } from '../errors/hubkeep-error';
import type { BackupContainer } from '../ports/backup-container';
import type { BlobStat } from '../ports/blob-store';
import type { Log } from '../ports/log';
import type { BackupControl } from './backup-parts';
import type { BackupJob, BackupRoad, StagedBackup, StoredFile } from './backup-road';
import { createByteProgress } from './byte-progress';
import { backupKey } from './database-keys';
import { inspectUpload } from './inspect-upload';
import { sideBySide } from './side-by-side';
import { stagingNames } from './staging-names';
import { verifyBackup, type BackupDevice } from './statements';

export interface UrlRoadParts {
  readonly container: BackupContainer;
  readonly log: Log;
}

/** Each is one download. */
const readBackAtOnce = 4;

/** Blobs that SQL Server writes by itself, under the names they keep, and that are read back once they are verified. */
export function createUrlRoad(parts: UrlRoadParts): BackupRoad {
  return { kind: 'url', stage: async (job) => stageInContainer(parts, job, await freeKeys(parts, job)) };
}

/**
 * BACKUP never writes over a blob. One without content is what a failed attempt left, often under a lease that would keep
 * everybody out; one with content may be named by a result, so this attempt writes beside it.
 */
async function freeKeys({ container }: UrlRoadParts, job: BackupJob): Promise<string[]> {
  const { attempt, ...plain } = job;
  const keysOf = (key: Parameters<typeof backupKey>[0]) =>
    Array.from({ length: job.stripes }, (_, stripe) => backupKey(key, stripe));
  let isTaken = false;
  for await (const { key, size } of container.blobs.list(backupKey(plain))) {
    if (size === 0) await container.blobs.remove(key);
    else isTaken = true;
  }
  return keysOf(isTaken ? { ...plain, attempt } : plain);
}

function stageInContainer(parts: UrlRoadParts, job: BackupJob, keys: readonly string[]): StagedBackup {
  const { container, log } = parts;
  const devices = keys.map((key): BackupDevice => ({ kind: 'url', name: `${container.url}/${key}` }));
  return {
    setName: stagingNames(job)[0] ?? '',
    devices,
    warnings: [],
    leftBehind: [],
    verify: (run) => run(verifyBackup(devices)),
    bring: (control) => readBack(parts, { keys, database: job.database, control }),
    async discard() {
      for (const key of keys) {
        // The reason of the failure is worth more than a blob that no record names.
        await container.blobs.remove(key).catch((error: unknown) => {
          log.warn('databases.blob-left', { server: job.server, key, code: codeOf(error) });
        });
      }
    },
  };
}

interface ReadBack {
  readonly keys: readonly string[];
  readonly database: string;
  readonly control: BackupControl;
}

/** The blobs stay where SQL Server put them; what is read is what the record promises. */
async function readBack({ container }: UrlRoadParts, { keys, database, control }: ReadBack): Promise<StoredFile[]> {
  const stats = await Promise.all(keys.map((key) => container.blobs.stat(key)));
  const total = stats.reduce((sum, { size }) => sum + size, 0);
  const onBytes = createByteProgress(total, 'reading back', control);
  return sideBySide(stats, { atOnce: readBackAtOnce, signal: control.signal }, async (stat, { signal }) => {
    const sha256 = await hashOf(container, stat, { signal, onBytes });
    await container.keepHash(stat.key, { etag: stat.etag, sha256 });
    const inspection = await inspectUpload(container.blobs, stat.key, database);
    return { key: stat.key, container: nameOf(container), size: stat.size, sha256, inspection };
  });
}

interface Hashing {
  readonly signal: AbortSignal;
  readonly onBytes: (bytes: number) => void;
}

async function hashOf({ blobs }: BackupContainer, { key, size }: BlobStat, { signal, onBytes }: Hashing): Promise<string> {
  const hash = createHash('sha256');
  let read = 0;
  for await (const chunk of blobs.stream(key)) {
    if (signal.aborted) throw new HubkeepError('run.cancelled', 'The backup was cancelled');
    hash.update(chunk);
    read += chunk.length;
    onBytes(chunk.length);
  }
  if (read === size) return hash.digest('hex');
  throw new HubkeepError('store.unavailable', `${key} has ${size} bytes, but ${read} could be read`, { retryable: true });
}

function nameOf({ url }: BackupContainer): string {
  return url.slice(url.lastIndexOf('/') + 1);
}
