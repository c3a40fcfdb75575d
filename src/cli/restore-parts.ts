import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import { createLocalTarget } from '../adapters/local-target/local-target';
import { createPreviewTarget } from '../adapters/local-target/preview-target';
import type { Hubkeep } from '../compose';
import type { Overwrite } from '../contracts/overwrite';
import type { FileShareRecord, RecoveryPoint } from '../contracts/recovery-point';
import { shownPath } from '../contracts/share-path';
import { HubkeepError } from '../errors/hubkeep-error';
import type { PathList } from '../recovery/path-list';
import { restoreShare, type RestoredShare } from '../recovery/restore-share';
import { isHit } from '../recovery/verify/damage';
import { findDamage } from '../recovery/verify/find-damage';
import type { Extent, FileEntry } from '../repository/index-entry';
import { layout } from '../repository/layout';
import { restoreSystemSecrets } from '../secrets/restore-system-secrets';
import type { ProgressView } from './progress/progress-view';
import { plural } from './format';
import { planDatabases, afterRestore, restoreDatabases, type RestoredDatabase } from './restore-databases';
import { refuseOpenDirectory } from './private-directory';
import { leftOut } from './restore-summary';
import { spawnWriter } from './spawn-writer';
import { refuseExisting, writeNewFile } from './write-new-file';

const writerThreads = Math.max(2, Math.min(4, availableParallelism()));

export interface RestoreTargets {
  readonly fileshare?: string;
  readonly include?: readonly string[];
  readonly list?: PathList;
  readonly overwrite?: Overwrite;
  /** What cannot be restored is found first, left out and listed. */
  readonly skipDamaged?: boolean;
  /** Everything is looked at and nothing is written. */
  readonly dryRun?: boolean;
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
  targets: { secrets: file, force = false, dryRun = false },
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
    if (!dryRun) await writeNewFile(file, once(content), privateModes);
    return { file, version: custody.version };
  };
}

async function prepareDatabases({ hubkeep, point: { databases }, targets, view }: RestorePartsOptions) {
  if (targets.databases === undefined || databases === undefined) return undefined;
  const planned = await planDatabases(databases, targets.databases);
  return async () => {
    if (targets.dryRun === true) return planned.map(afterRestore);
    view.stage('restoring databases');
    return restoreDatabases(hubkeep.store, planned, view);
  };
}

async function prepareShare({ hubkeep, point, targets, view }: RestorePartsOptions) {
  const { fileshare: share } = point;
  if (targets.fileshare === undefined || share?.status !== 'succeeded') return undefined;
  const { include = [], list, overwrite, dryRun: isPreview = false } = targets;
  const identity = {
    ...{ recoveryPoint: point.id, include },
    ...(list === undefined ? {} : { paths: list.hash }),
    ...(overwrite === undefined ? {} : { overwrite }),
  };
  const target = (isPreview ? createPreviewTarget : createLocalTarget)(targets.fileshare, hubkeep.bootId);
  const { isUnfinished } = target.check(identity);
  const isWhole = include.length === 0 && list === undefined;
  return async () => {
    const lost = targets.skipDamaged === true ? await findLost(hubkeep, share, view) : undefined;
    view.stage(stageOf(isPreview, isUnfinished));
    const restored = await restoreShare({
      ...{ store: hubkeep.shareStore, target, share, identity, list, isPreview, lost },
      ...{ spawn: spawnWriter, threads: writerThreads, onProgress: showShare(view, share, isWhole) },
    });
    if (!isWhole) refuseNothing(restored, { targets, point });
    return { directory: target.location, ...restored };
  };
}

async function findLost({ shareStore }: Hubkeep, share: FileShareRecord, view: ProgressView) {
  view.stage('looking for damage');
  let bytes = 0;
  const damage = await findDamage(shareStore, share, (count) => {
    bytes += count;
    view.update({ task: 'stored data', bytes, totalBytes: share.packs.bytes });
  });
  return ({ extent }: FileEntry) => {
    const ranges = extent && damage.get(layout.pack(extent.pack));
    return ranges !== undefined && isHit(extent as Extent, ranges) ? 'its content is damaged or gone in the store' : undefined;
  };
}

function stageOf(isPreview: boolean, isUnfinished: boolean): string {
  if (isPreview) return 'comparing the file share with what is there';
  return isUnfinished ? 'restoring the file share from where it broke off' : 'restoring the file share';
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
  { files, directories, symlinks, merged }: RestoredShare,
  { targets: { include = [], list }, point }: Pick<RestorePartsOptions, 'targets' | 'point'>,
) {
  if (files + directories + symlinks + (merged?.kept.files ?? 0) + (merged?.notRestored.count ?? 0) > 0) return;
  const left = leftOut(point);
  const [first = ''] = list?.paths ?? [];
  const asked = [
    ...(include.length === 0 ? [] : [`--include ${include.join(' ')}`]),
    ...(list === undefined ? [] : [`a list of ${plural(list.paths.length, 'path')} (the first is ${shownPath(first)})`]),
  ];
  throw new HubkeepError('restore.incomplete', `nothing in the share matches ${asked.join(' or ')}`, {
    hint: `Paths are as in the share, with / between names: --include "site1/**" or --include "**/web.config".${left === undefined ? '' : ` This point: ${left}.`}`,
  });
}
