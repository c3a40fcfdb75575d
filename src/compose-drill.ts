/** The part of the composition that rehearses restores. */
import { tmpdir } from 'node:os';
import { createBeginDrill } from './activities/begin-drill';
import { createDrillDatabases } from './activities/drill-databases';
import { createDrillShare } from './activities/drill-share';
import { createEndDrill } from './activities/end-drill';
import { createSettleVerification } from './activities/settle-verification';
import { createVerifyBox } from './activities/verify-box';
import { createLocalScratch } from './adapters/local-scratch/local-scratch';
import type { Config } from './config/config';
import type { DatabaseDrill } from './databases/drill-databases';
import type { BlobStore } from './ports/blob-store';
import type { Clock } from './ports/clock';
import type { Log } from './ports/log';
import type { Notifier } from './ports/notifier';
import { createDrills } from './recovery/drill/drills';
import { createDrillStarter } from './recovery/drill/start-drill';
import type { SpawnWriter } from './recovery/restore-protocol';
import type { Verifier } from './recovery/verify/verify';
import type { RecoveryPoints } from './repository/recovery-points';
import type { DrillServices } from './triggers/api-services';

export interface DrillParts {
  readonly store: BlobStore;
  /** The store for the content of the share. */
  readonly shareStore: BlobStore;
  readonly points: RecoveryPoints;
  readonly verifier: Verifier;
  readonly drillDatabases: DatabaseDrill;
  readonly repositoryId: () => Promise<string>;
  readonly clock: Clock;
  readonly log: Log;
  readonly notifier: Notifier | undefined;
  readonly bootId: string;
  readonly spawnWriter: SpawnWriter | undefined;
}

const writerThreads = 2;

export function composeDrills({ drill, components, stampName: stamp }: Config, parts: DrillParts) {
  const { store, points, verifier, clock, log, notifier, repositoryId, bootId, spawnWriter, drillDatabases } = parts;
  const drills = createDrills(store);
  const scratch = createLocalScratch(drill.scratchDirectory ?? tmpdir(), bootId);
  const activities = {
    'begin-drill': createBeginDrill({ drills, points, clock, components }),
    'verify-box': createVerifyBox({ store, verifier }),
    'settle-verification': createSettleVerification({ store, verifier, points, clock }),
    'drill-share': createDrillShare({
      ...{ store: parts.shareStore, points, drills, scratch, clock },
      ...{ spawn: spawnWriter, threads: writerThreads },
    }),
    'drill-databases': createDrillDatabases({ points, drillDatabases }),
    'end-drill': createEndDrill({ store, drills, points, clock, log, notifier, stamp }),
  };
  const services: DrillServices = { drills, start: createDrillStarter({ drills, clock, repositoryId }) };
  return { activities, drills: services };
}
