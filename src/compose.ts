/** Puts the services together from a configuration. Shared by the Functions app and the CLI: what differs between them is the engine. */
import { availableParallelism } from 'node:os';
import { createBeginRun } from './activities/begin-run';
import { createCommitRecoveryPoint } from './activities/commit-recovery-point';
import { createCopyShareBox } from './activities/copy-share-box';
import { createEndRun } from './activities/end-run';
import { notConfigured } from './activities/not-configured';
import { createPlanSharePartitions } from './activities/plan-share-partitions';
import { createAzureBackupContainer } from './adapters/azure-blob/azure-backup-container';
import { createAzureBlobStore } from './adapters/azure-blob/azure-blob-store';
import type { AzureBlobAccount } from './adapters/azure-blob/container-client';
import { trustExtraCa } from './adapters/extra-ca';
import { createLocalFiles } from './adapters/local-files/local-files';
import { createLocalHost } from './adapters/local-host/local-host';
import { createSmbFiles } from './adapters/smb-share/smb-files';
import { createSystemClock } from './adapters/system-clock';
import { createThrottledStore } from './adapters/throttled-store';
import { createWebhook } from './adapters/webhook/webhook';
import { databaseActivities, openDatabaseDrill, openServerRestores } from './compose-databases';
import { composeDrills } from './compose-drill';
import { openCredential } from './compose-identity';
import { composeRestores } from './compose-restore';
import { openRunbooks, openVerifier } from './compose-recovery';
import { openSecrets, secretsActivity, type Secrets } from './compose-secrets';
import type { Config } from './config/config';
import { backupContainerSuffix, longestContainerName } from './config/cross-checks';
import type { ActivityMap } from './contracts/activities';
import type { ServerRestores } from './databases/restore-to-server';
import type { SpawnShareThread } from './fileshare/aside/share-thread-protocol';
import { startShareThread } from './fileshare/aside/start-share-thread';
import { createFileShare } from './fileshare/copy-share';
import { createPartitions } from './fileshare/partitions';
import { createShareSource } from './fileshare/share-source';
import type { BackupContainer } from './ports/backup-container';
import type { BlobStore } from './ports/blob-store';
import type { Clock } from './ports/clock';
import type { Log } from './ports/log';
import type { SpawnWriter } from './recovery/restore-protocol';
import { createRecoveryPoints, type RecoveryPoints } from './repository/recovery-points';
import { rememberPoints } from './repository/remember-points';
import { openRepository } from './repository/repository-header';
import { withBackupContainer } from './repository/with-backup-container';
import { createHandOverStore } from './runs/hand-over-store';
import { createProgressReporter, type ProgressReporter } from './runs/progress-reporter';
import { createRunGuard, type RunGuard } from './runs/run-guard';
import { createRunLock } from './runs/run-lock';
import { createRunSummaries } from './runs/run-summaries';
import { createRunStarter } from './runs/start-run';
import type { ApiServices } from './triggers/api-services';
import type { Activities } from './workflow/workflow';

export interface ComposeOptions {
  readonly log: Log;
  /** True when a run ends with this process: its lock is then free as soon as the process is gone. */
  readonly runsDependOnProcess: boolean;
  /** Starts the share's own thread. */
  readonly spawnShareThread?: SpawnShareThread;
  /** Starts a writer thread of a restore. */
  readonly spawnWriter?: SpawnWriter;
}

/** Everything the edges need. */
export interface Hubkeep extends ApiServices, Secrets {
  readonly progress: ProgressReporter;
  readonly activities: Activities<ActivityMap>;
  /** As the activities see them: what they have read or written is not read again. */
  readonly runPoints: RecoveryPoints;
  /** Opens the repository, and makes the container one when it is none yet. */
  readonly repositoryId: () => Promise<string>;
  /** The store for the content of the share: held to FILE_SHARE_MAX_MBPS. */
  readonly shareStore: BlobStore;
  /** Nothing without SQL_USER and SQL_PASSWORD. */
  readonly serverRestores: ServerRestores | undefined;
  /** Of this machine. */
  readonly bootId: string;
}

/** How long one box of the share is copied; any Functions plan allows it. */
const boxMs = 4 * 60_000;

interface Shared {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly store: BlobStore;
  readonly shareStore: BlobStore;
  readonly points: RecoveryPoints;
  readonly guard: RunGuard;
  readonly progress: ProgressReporter;
  readonly spawnShareThread: SpawnShareThread | undefined;
}

export function compose(config: Config, { log, runsDependOnProcess, spawnShareThread, spawnWriter }: ComposeOptions): Hubkeep {
  if (config.extraCaFile !== undefined) trustExtraCa(config.extraCaFile);
  const clock = createSystemClock();
  const account = accountOf(config);
  const { store, writeStore, backupContainer } = openStorage(config, { account, clock });
  const handOver = runsDependOnProcess ? createHandOverStore(writeStore) : undefined;
  const runStore = handOver ?? writeStore;
  const runPoints = rememberPoints(createRecoveryPoints(runStore));
  const points = createRecoveryPoints(store);
  const summaries = createRunSummaries(store);
  const shareStore = throttled(store, config, clock);
  const host = createLocalHost(clock);
  const lock = createRunLock({ store, clock, host, dependsOnProcess: runsDependOnProcess });
  const progress = createProgressReporter({ store, clock, log });
  const guard = createRunGuard({ lock, summaries, clock, log });
  const repositoryId = once(async () => (await openRepository(store)).repositoryId);
  const secrets = openSecrets(config, { account, clock, log });
  const runbooks = openRunbooks(config, store.location);
  const runShareStore = throttled(runStore, config, clock);
  const shared: Shared = {
    config,
    clock,
    log,
    store: runStore,
    shareStore: runShareStore,
    points: runPoints,
    guard,
    progress,
    spawnShareThread,
  };
  const notifier = config.notify.webhookUrl === undefined ? undefined : createWebhook(config.notify.webhookUrl);
  const stamp = config.stampName;
  const startRun = createRunStarter({ lock, summaries, clock, repositoryId, beginsAtOnce: runsDependOnProcess });
  const forget = (runId: string) => {
    progress.forget(runId);
    handOver?.forget(runId);
  };

  const { activities: restoreActivities, restores } = composeRestores(config, {
    ...{ store, shareStore, points: rememberPoints(points), clock, log, host },
    ...{ dependsOnProcess: runsDependOnProcess, spawnWriter },
  });
  const verifier = openVerifier({ store, clock, vault: secrets.vault });
  const restoring = { config, clock, log, store, backupContainer };
  const serverRestores = openServerRestores(restoring);
  const { activities: drillActivities, drills } = composeDrills(config, {
    ...{ store, shareStore, points, verifier, repositoryId, clock, log, notifier },
    drillDatabases: openDatabaseDrill(restoring),
    ...{ bootId: host.bootId, spawnWriter },
  });
  const activities: Activities<ActivityMap> = {
    ...restoreActivities,
    ...drillActivities,
    'begin-run': createBeginRun({
      ...{ guard, summaries, points: runPoints },
      isHandedOver: !runsDependOnProcess,
      shareWidth: config.fileShare?.width ?? 1,
    }),
    ...databaseActivities({ ...shared, backupContainer }),
    ...shareActivities(shared),
    'keep-system-secrets': secretsActivity(secrets, { config, guard, store: runStore, clock, log }),
    'commit-recovery-point': createCommitRecoveryPoint({
      ...{ guard, lock, clock, stamp, repositoryId, runbooks },
      ...{ store: runStore, points: runPoints },
    }),
    'end-run': createEndRun({ lock, summaries, forget, store, clock, log, notifier, stamp }),
  };
  const { bootId } = host;
  const edges = {
    ...{ config, clock, log, store, points, summaries, lock, progress, startRun, notifier },
    ...{ runbooks, restores, drills, verifier, ...secrets },
  };
  return { ...edges, activities, runPoints, repositoryId, shareStore, serverRestores, bootId };
}

interface Storage {
  /** With what SQL Server wrote by itself. */
  readonly store: BlobStore;
  /** For runs: the same where this stamp's SQL Server writes by itself, and otherwise a request less. */
  readonly writeStore: BlobStore;
  readonly backupContainer: BackupContainer;
}

function accountOf(config: Config): AzureBlobAccount {
  const { account } = config.storage;
  if ('connectionString' in account || 'sas' in account) return account;
  return { ...account, credential: openCredential(config, account.accountUrl) };
}

interface Outside {
  readonly account: AzureBlobAccount;
  readonly clock: Clock;
}

function openStorage({ storage: { container, apiVersion }, sql }: Config, { account, clock }: Outside): Storage {
  const own = createAzureBlobStore(account, container, { apiVersion });
  const name = container + backupContainerSuffix;
  const backupContainer = createAzureBackupContainer(account, name, { apiVersion, clock });
  const store = name.length > longestContainerName ? own : withBackupContainer(own, backupContainer.blobs);
  return { store, writeStore: sql?.road.kind === 'url' ? store : own, backupContainer };
}

function throttled(store: BlobStore, { fileShareMaxMbps }: Config, clock: Clock): BlobStore {
  return fileShareMaxMbps === undefined ? store : createThrottledStore(store, fileShareMaxMbps * 1_000_000, clock);
}

function shareActivities(shared: Shared) {
  const { config, guard, progress, shareStore: store, points, clock, log } = shared;
  if (config.fileShare === undefined) {
    return {
      'plan-share-partitions': notConfigured('fileshare', 'FILE_SHARE_PATH'),
      'copy-share-box': notConfigured('fileshare', 'FILE_SHARE_PATH'),
    };
  }
  const { place, exclude } = config.fileShare;
  // Beside a single processor's only thread it would be in the way.
  const spawn = availableParallelism() > 1 ? shared.spawnShareThread : undefined;
  const files = place.kind === 'smb' ? createSmbFiles(place) : createLocalFiles(place.path);
  const source = createShareSource(files, exclude);
  const partitions = createPartitions({ source, store, points, clock });
  const startThread = spawn === undefined || place.kind === 'smb' ? undefined : () => startShareThread(spawn, place.path);
  const fileShare = createFileShare({ source, exclude, startThread, store, points, clock, log, boxMs });
  return {
    'plan-share-partitions': createPlanSharePartitions({ guard, partitions }),
    'copy-share-box': createCopyShareBox({ guard, progress, partitions, fileShare, points }),
  };
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= work().catch((error: unknown) => {
      result = undefined;
      throw error;
    });
    return result;
  };
}
