import type { BackupReader } from '../backup/media';
import { isIntact, readBackupFile, type BackupFile } from '../backup/read-backup';
import type { Device, Restore } from '../tsql/statements';
import { wrapped } from './backup-device';
import { describeFiles, describeHeader, describeLabel } from './describe-backup';
import { requireMediaSet } from './media-set';
import { openReaders } from './open-devices';
import { hasServerPermission } from './permissions';
import { createProgress } from './progress';
import type { RunContext } from './run-backup';
import { localNow, type RunningRequest } from './server-state';
import { dropWork } from './strike';
import { checkDevices, checkTransfer } from './transfer-options';

/** One device of a RESTORE, opened and read. */
export interface Volume {
  readonly device: Device;
  readonly reader: BackupReader;
  readonly file: BackupFile;
}

/** RESTORE VERIFYONLY, HEADERONLY, FILELISTONLY and LABELONLY: they read the files, nothing is restored. */
export async function runRestore(restore: Restore, context: RunContext): Promise<void> {
  const statement = restore.action === 'VERIFYONLY' ? 'VERIFY DATABASE' : `RESTORE ${restore.action}`;
  requireRestoreRight(context, statement);
  await withVolumes(restore, { ...context, statement }, async (volumes) => {
    const [first] = volumes;
    if (restore.action === 'VERIFYONLY') await verify(restore, volumes, { ...context, statement });
    else if (restore.action === 'HEADERONLY') describeHeader(first.file, context);
    else if (restore.action === 'FILELISTONLY') describeFiles(first.file, context);
    else describeLabel(first.file, context);
  });
}

/** Reading a backup asks for the right to create databases, as restoring it does. */
export function requireRestoreRight({ session }: RunContext, statement: string): void {
  const { login } = session;
  if (login.mayBackUp !== false && hasServerPermission(login, 'CREATE ANY DATABASE')) return;
  const text = "CREATE DATABASE permission denied in database 'master'.";
  throw wrapped({ number: 262, class: 14, state: 1, text }, statement);
}

export interface RestoreContext extends RunContext {
  /** What 3013 says has ended. */
  readonly statement: string;
}

/** Opens every device, reads what it says of itself, and closes all of them after the work. Throws 3241 for what is no backup. */
export async function withVolumes(
  restore: Pick<Restore, 'devices' | 'options'>,
  context: RestoreContext,
  work: (volumes: readonly [Volume, ...Volume[]]) => Promise<void>,
): Promise<void> {
  const { devices, options } = restore;
  checkDevices(devices, context.statement);
  checkTransfer(options, context.statement);
  const readers = await openReaders(devices, context);
  try {
    const volumes: Volume[] = [];
    for (const [index, reader] of readers.entries()) volumes.push(await readVolume(devices[index] as Device, reader, context));
    await work(volumes as [Volume, ...Volume[]]);
  } finally {
    for (const reader of readers) await reader.close();
  }
}

async function readVolume(device: Device, reader: BackupReader, { statement }: RestoreContext): Promise<Volume> {
  const file = await readBackupFile(reader);
  if (file !== undefined) return { device, reader, file };
  const text = `The media family on device '${device.name}' is incorrectly formed. SQL Server cannot process this media family.`;
  throw wrapped({ number: 3241, class: 16, state: 0, text }, statement);
}

async function verify(restore: Restore, volumes: readonly [Volume, ...Volume[]], context: RestoreContext): Promise<void> {
  const { server, session, statement } = context;
  requireMediaSet(volumes, statement);
  requireChecksums(restore, volumes[0].file, statement);
  const running: RunningRequest = {
    sessionId: session.id,
    databaseId: server.databases.find('master')?.id ?? 1,
    command: 'RESTORE VERIFYON',
    startedAt: localNow(server),
    percent: 0,
    drop: () => dropWork(context),
  };
  server.running.add(running);
  try {
    const intact = await areIntact(restore, volumes, { ...context, running });
    if (!intact) throw wrapped({ number: 3189, class: 16, state: 1, text: 'Damage to the backup set was detected.' }, statement);
  } finally {
    server.running.delete(running);
  }
  context.reply.message({ number: 3262, class: 10, state: 1, text: 'The backup set on file 1 is valid.' });
}

export function requireChecksums(restore: Pick<Restore, 'options'>, file: BackupFile, statement: string): void {
  if (!restore.options.has('CHECKSUM') || file.facts.checksums) return;
  const text = 'RESTORE WITH CHECKSUM cannot be specified because the backup set does not contain checksum information.';
  throw wrapped({ number: 3187, class: 16, state: 1, text }, statement);
}

/** Page checksums are only looked at when the set has them, so damage in a set without them passes, as on a real server. */
export async function areIntact(
  restore: Pick<Restore, 'options'>,
  volumes: readonly [Volume, ...Volume[]],
  context: RestoreContext & { readonly running: RunningRequest },
): Promise<boolean> {
  if (!volumes[0].file.facts.checksums || restore.options.has('NO_CHECKSUM')) return true;
  const total = volumes.reduce((sum, { file }) => sum + file.size, 0);
  const onDone = createProgress(restore.options.get('STATS'), context);
  let done = 0;
  for (const { reader } of volumes) {
    const intact = await isIntact(reader, async (bytes) => {
      done += bytes;
      await onDone(done, total);
    });
    if (!intact) return false;
  }
  return true;
}
