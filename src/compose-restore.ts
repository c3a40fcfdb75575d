/** The part of the composition that restores as an orchestration. */
import { availableParallelism } from 'node:os';
import { createEndRestore } from './activities/end-restore';
import { noRestoreHere } from './activities/not-configured';
import { createBeginRestore, createFinishRestoreBox, createRestoreShareBox } from './activities/restore-activities';
import { createSharedTargets } from './adapters/local-target/shared-target';
import type { Config } from './config/config';
import type { BlobStore } from './ports/blob-store';
import type { Clock } from './ports/clock';
import type { Host } from './ports/host';
import type { Log } from './ports/log';
import { createRestoreBoxes } from './recovery/restore-boxes';
import type { SpawnWriter } from './recovery/restore-protocol';
import { layout } from './repository/layout';
import type { RecoveryPoints } from './repository/recovery-points';
import { createProgressReporter } from './runs/progress-reporter';
import { createRestoreRecords } from './runs/restore-records';
import { createRunGuard } from './runs/run-guard';
import { createRunLock, ofRestores } from './runs/run-lock';
import { createRestoreStarter } from './runs/start-restore';
import type { RestoreServices } from './triggers/api-services';

export interface RestoreParts {
  readonly store: BlobStore;
  /** The store for the content of the share. */
  readonly shareStore: BlobStore;
  /** As the steps of a run see them. */
  readonly points: RecoveryPoints;
  readonly clock: Clock;
  readonly log: Log;
  readonly host: Host;
  readonly dependsOnProcess: boolean;
  readonly spawnWriter: SpawnWriter | undefined;
}

/** How long one box of a restore takes; any Functions plan allows it. */
const boxMs = 4 * 60_000;
const writerThreads = Math.max(2, Math.min(4, availableParallelism()));

export function composeRestores({ restore }: Config, parts: RestoreParts) {
  const { store, clock, log, host, dependsOnProcess } = parts;
  const records = createRestoreRecords(store);
  const lock = createRunLock({ store, clock, host, dependsOnProcess, of: ofRestores });
  const progress = createProgressReporter({ store, clock, log, folderOf: layout.restoreFiles });
  const guard = createRunGuard({ lock, summaries: records, clock, log });
  const boxes = restore === undefined ? undefined : boxesOf(restore, parts);
  const services = restore && boxes && { guard, records, progress, boxes, width: restore.width };
  const activities = {
    'begin-restore': services === undefined ? noRestoreHere() : createBeginRestore(services),
    'restore-share-box': services === undefined ? noRestoreHere() : createRestoreShareBox(services),
    'finish-restore-box': services === undefined ? noRestoreHere() : createFinishRestoreBox(services),
    'end-restore': createEndRestore({ lock, records, progress, boxes, clock, log }),
  };
  const restores: RestoreServices = { lock, records, start: createRestoreStarter({ lock, records, clock }) };
  return { activities, restores };
}

function boxesOf({ directory }: NonNullable<Config['restore']>, { shareStore, points, clock, host, spawnWriter }: RestoreParts) {
  if (spawnWriter === undefined) return undefined;
  const openTarget = createSharedTargets(directory, host.bootId);
  return createRestoreBoxes({ store: shareStore, points, openTarget, spawn: spawnWriter, threads: writerThreads, clock, boxMs });
}
