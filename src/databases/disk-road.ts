import { codeOf } from '../errors/hubkeep-error';
import { messageOf } from '../errors/message-of';
import type { BlobStore } from '../ports/blob-store';
import type { Clock } from '../ports/clock';
import type { Log } from '../ports/log';
import type { StagingFiles } from '../ports/staging-files';
import type { BackupControl } from './backup-parts';
import type { BackupJob, BackupRoad, StagedBackup, StoredFile } from './backup-road';
import { createByteProgress } from './byte-progress';
import { backupKey } from './database-keys';
import { inspectUpload } from './inspect-upload';
import { sideBySide } from './side-by-side';
import { removeEarlierAttempts } from './staging-leftovers';
import { fillServerPlaceholder, joinStagingPath, stagingNames } from './staging-names';
import { verifyBackup, type BackupDevice } from './statements';
import { uploadStagedBackup, type UploadControl } from './upload-staged-backup';

export interface DiskRoadParts {
  readonly staging: StagingFiles;
  readonly store: BlobStore;
  readonly clock: Clock;
  readonly log: Log;
  /** SQL_BACKUP_DIRECTORY: as SQL Server sees it, may hold `{server}`. */
  readonly backupDirectory: string;
}

/** Each holds a few blocks in memory. */
const uploadsAtOnce = 4;

/** Files in a directory that SQL Server writes and Hubkeep reads, uploaded once they are verified. */
export function createDiskRoad(parts: DiskRoadParts): BackupRoad {
  return {
    kind: 'disk',
    async stage(job) {
      const warnings = await removeEarlierAttempts(parts, job);
      return stageOnDisk(parts, job, warnings);
    },
  };
}

function stageOnDisk(parts: DiskRoadParts, job: BackupJob, warnings: readonly string[]): StagedBackup {
  const names = stagingNames(job);
  const directory = fillServerPlaceholder(parts.backupDirectory, job.server);
  const devices = names.map((name): BackupDevice => ({ kind: 'disk', name: joinStagingPath(directory, name) }));
  return {
    setName: names[0] ?? '',
    devices,
    warnings,
    leftBehind: names,
    verify: (run) => run(verifyBackup(devices)),
    bring: (control) => upload(parts, { job, names, control }),
    async discard() {
      // The reason of the failure is worth more than files that stay behind and are recognisable.
      await parts.staging.remove(job.server, names).catch((error: unknown) => {
        parts.log.warn('databases.staging-left', { server: job.server, code: codeOf(error), reason: messageOf(error) });
      });
    },
  };
}

interface Upload {
  readonly job: BackupJob;
  readonly names: readonly string[];
  readonly control: BackupControl;
}

/** Stripes side by side; progress is of all their bytes. */
async function upload(parts: DiskRoadParts, { job, names, control }: Upload): Promise<StoredFile[]> {
  const files = await Promise.all(names.map((name) => parts.staging.open(job.server, name)));
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const onBytes = createByteProgress(total, 'uploading', control);
  return sideBySide(names, { atOnce: uploadsAtOnce, signal: control.signal }, (name, { index, signal }) =>
    uploadOnce(parts, { job, name, stripe: index, signal, onBytes }),
  );
}

interface StripeUpload extends UploadControl {
  readonly job: BackupJob;
  readonly name: string;
  /** Counts from 0. */
  readonly stripe: number;
}

/** Never over what an earlier attempt left, which a result may name: beside it then. */
async function uploadOnce(
  { store, staging }: DiskRoadParts,
  { job, name, stripe, ...control }: StripeUpload,
): Promise<StoredFile> {
  const { attempt, ...plain } = job;
  const to = async (key: string) => {
    const file = await uploadStagedBackup(store, await staging.open(job.server, name), { key, ...control });
    return { ...file, inspection: await inspectUpload(store, key, job.database) };
  };
  try {
    return await to(backupKey(plain, stripe));
  } catch (error) {
    if (codeOf(error) !== 'store.exists') throw error;
    return to(backupKey({ ...plain, attempt }, stripe));
  }
}
