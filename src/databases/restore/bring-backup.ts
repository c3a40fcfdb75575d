import { randomBytes } from 'node:crypto';
import type { BlobReference } from '../../contracts/recovery-point';
import { codeOf, HubkeepError } from '../../errors/hubkeep-error';
import { messageOf } from '../../errors/message-of';
import { provenStream } from '../../repository/proven-stream';
import { createByteProgress } from '../byte-progress';
import type { RestoreParts, RestoreStaging, RestoreStep } from '../restore-parts';
import { sideBySide } from '../side-by-side';
import { removeEarlierAttempts } from '../staging-leftovers';
import { fillServerPlaceholder, joinStagingPath, stagingNames } from '../staging-names';
import type { BackupDevice } from '../statements';

/** A backup where the server can read it. */
export interface BroughtBackup {
  readonly devices: readonly BackupDevice[];
  /** Takes away what was brought. Never fails. */
  discard(): Promise<void>;
}

/** Each holds a few chunks in memory. */
const copiesAtOnce = 4;

/** Only the holder of the database's lock may call it. */
export function bringBackup(parts: RestoreParts, step: RestoreStep): Promise<BroughtBackup> {
  return step.item.road === 'url' || parts.staging === undefined
    ? lendContainer(parts, step)
    : copyFiles(parts, parts.staging, step);
}

async function lendContainer({ container, credentials, log }: RestoreParts, { plan, item }: RestoreStep): Promise<BroughtBackup> {
  const takeBack = await credentials.lend({ runId: plan.id, server: plan.server });
  return {
    devices: item.backup.files.map(({ key }) => ({ kind: 'url', name: `${container.url}/${key}` })),
    discard: () =>
      takeBack().catch((error: unknown) => {
        log.warn('databases.credential-left', { server: plan.server, code: codeOf(error) });
      }),
  };
}

/** Named as backups name theirs: what a restore that was killed leaves goes with the first backup or restore of the name two days later. */
async function copyFiles(
  parts: RestoreParts,
  staging: RestoreStaging,
  { plan, item, control }: RestoreStep,
): Promise<BroughtBackup> {
  const job = { runId: plan.id, server: plan.server, database: item.target };
  const { files } = item.backup;
  for (const reason of await removeEarlierAttempts({ staging: staging.files, clock: parts.clock }, job)) {
    parts.log.warn('databases.staging-left', { server: plan.server, reason });
  }
  const names = stagingNames({ ...job, attempt: randomBytes(2).toString('hex'), stripes: files.length });
  const discard = async () => {
    await staging.files.remove(plan.server, names).catch((error: unknown) => {
      parts.log.warn('databases.staging-left', { server: plan.server, code: codeOf(error), reason: messageOf(error) });
    });
  };
  const onBytes = createByteProgress(item.bytes, 'copying', control);
  try {
    await sideBySide(files, { atOnce: copiesAtOnce, signal: control.signal }, (blob, { index, signal }) =>
      staging.files.write(plan.server, names[index] ?? '', counted(parts, { blob, signal, onBytes })),
    );
    requireGoingOn(control.signal);
  } catch (error) {
    await discard();
    throw error;
  }
  const directory = fillServerPlaceholder(staging.directory, plan.server);
  return { devices: names.map((name) => ({ kind: 'disk', name: joinStagingPath(directory, name) })), discard };
}

interface Copying {
  readonly blob: BlobReference;
  readonly signal: AbortSignal;
  readonly onBytes: (bytes: number) => void;
}

async function* counted({ store }: RestoreParts, { blob, signal, onBytes }: Copying): AsyncGenerator<Buffer> {
  for await (const chunk of provenStream(store, blob)) {
    requireGoingOn(signal);
    yield chunk;
    onBytes(chunk.length);
  }
}

function requireGoingOn(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new HubkeepError('run.cancelled', 'The restore was cancelled');
}
