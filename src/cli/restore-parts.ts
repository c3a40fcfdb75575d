import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createLocalTarget } from '../adapters/local-target/local-target';
import { spawnThread } from '../adapters/worker-threads/spawn-thread';
import type { Hubkeep } from '../compose';
import type { FileShareRecord, RecoveryPoint } from '../contracts/recovery-point';
import { HubkeepError } from '../errors/hubkeep-error';
import type { SpawnWriter } from '../recovery/restore-protocol';
import { restoreShare, type RestoredShare } from '../recovery/restore-share';
import { restoreSystemSecrets } from '../secrets/restore-system-secrets';
import type { ProgressView } from './progress/progress-view';
import { planDatabases, restoreDatabases, type RestoredDatabase } from './restore-databases';
import { refuseOpenDirectory } from './private-directory';
import { leftOut } from './restore-summary';
import { refuseExisting, writeNewFile } from './write-new-file';

const writerThreads = Math.max(2, Math.min(4, availableParallelism()));
const spawnWriter: SpawnWriter = (data) => spawnThread(join(__dirname, '..', 'restore-worker.js'), data);

export interface RestoreTargets {
  readonly fileshare?: string;
  readonly include?: readonly string[];
  readonly databases?: string;
  readonly secrets?: string;
  /** Secrets may go where everybody can look. */
  readonly force?: boolean;
}

export interface RestoredParts {
  readonly fileshare?: RestoredShare & { readonly directory: string };
  readonly databases?: readonly RestoredDatabase[];
  readonly secrets?: { readonly file: string; readonly version: string };
}

export interface RestorePartsOptions {
  readonly hubkeep: Hubkeep;
  readonly point: RecoveryPoint;
  readonly targets: RestoreTargets;
  readonly view: ProgressView;
}

/** Restores what is asked for and there. Every target is checked before the first byte is written; the share, which takes longest, comes last. */
export async function restoreParts(options: RestorePartsOptions): Promise<RestoredParts> {
  const writeSecrets = await prepareSecrets(options);
  const writeDatabases = await prepareDatabases(options);
  const writeShare = await prepareShare(options);
  const secrets = await writeSecrets?.();
  const databases = await writeDatabases?.();
  const fileshare = await writeShare?.();
  return {
    ...(secrets === undefined ? {} : { secrets }),
    ...(databases === undefined ? {} : { databases }),
    ...(fileshare === undefined ? {} : { fileshare }),
  };
}

/** The vault is asked before anything is written, so that what it refuses stops nothing half-way. */
async function prepareSecrets({
  hubkeep: { vault },
  point: { secrets: custody },
  targets: { secrets: file, force = false },
}: RestorePartsOptions) {
  if (file === undefined || custody?.status !== 'succeeded') return undefined;
  if (vault === undefined) {
    throw new HubkeepError('config.invalid', 'KEY_VAULT_URL is not set, and SystemSecrets.JSON is kept in a vault', {
      hint: `Set KEY_VAULT_URL to ${custody.vault}.`,
    });
  }
  await refuseExisting(file);
  if (!force) await refuseOpenDirectory(dirname(resolve(file)));
  const content = await restoreSystemSecrets(vault, custody);
  return async () => {
    await writeNewFile(file, once(content), privateModes);
    return { file, version: custody.version };
  };
}

async function prepareDatabases({ hubkeep, point: { databases }, targets, view }: RestorePartsOptions) {
  if (targets.databases === undefined || databases === undefined) return undefined;
  const planned = await planDatabases(databases, targets.databases);
  return async () => {
    view.stage('restoring databases');
    return restoreDatabases(hubkeep.store, planned, view);
  };
}

async function prepareShare({ hubkeep, point, targets, view }: RestorePartsOptions) {
  const { fileshare: share } = point;
  if (targets.fileshare === undefined || share?.status !== 'succeeded') return undefined;
  const { include = [] } = targets;
  const identity = { recoveryPoint: point.id, include };
  const target = createLocalTarget(targets.fileshare, hubkeep.bootId);
  const { isUnfinished } = target.check(identity);
  return async () => {
    view.stage(isUnfinished ? 'restoring the file share from where it broke off' : 'restoring the file share');
    const onProgress = showShare(view, share, include.length === 0);
    const { shareStore: store } = hubkeep;
    const restored = await restoreShare({
      store,
      target,
      share,
      identity,
      spawn: spawnWriter,
      threads: writerThreads,
      onProgress,
    });
    if (include.length > 0) refuseNothing(restored, { include, point });
    return { directory: target.location, ...restored };
  };
}

const privateModes = { file: 0o600, directory: 0o700 };

async function* once(content: Buffer): AsyncGenerator<Buffer> {
  yield content;
}

function showShare(view: ProgressView, { counts }: FileShareRecord, whole: boolean) {
  return (files: number, bytes: number) => {
    view.update({ task: 'file share', files, bytes, ...(whole ? { totalBytes: counts.bytes } : {}) });
  };
}

function refuseNothing(
  { files, directories, symlinks }: RestoredShare,
  { include, point }: { readonly include: readonly string[]; readonly point: RecoveryPoint },
) {
  if (files + directories + symlinks > 0) return;
  const left = leftOut(point);
  throw new HubkeepError('restore.incomplete', `nothing in the share matches --include ${include.join(' ')}`, {
    hint: `Paths are as in the share, with / between names: --include "site1/**" or --include "**/web.config".${left === undefined ? '' : ` This point: ${left}.`}`,
  });
}
