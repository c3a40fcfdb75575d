import { sqlError } from '../tsql/sql-error';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BackupSetFacts } from '../backup/backup-set';
import type { MediaFacts } from '../backup/media-header';
import { writeBackup } from '../backup/write-backup';
import type { Reply } from '../tds/client';
import type { Backup } from '../tsql/statements';
import { localPath } from './backup-device';
import { backupStatement, checkBackup, type BackupPlan } from './check-backup';
import { toLsn, type Database } from './databases';
import { openWriters } from './open-devices';
import { createProgress } from './progress';
import { localNow, type RunningRequest, type ServerState, type Session } from './server-state';
import { dropWork, lifeOf } from './strike';

const pageSize = 8192;

export interface RunContext {
  readonly server: ServerState;
  readonly session: Session;
  readonly reply: Reply;
  readonly signal: AbortSignal;
  /** Text of the whole batch. */
  readonly batch: string;
}

export async function runBackup(backup: Backup, context: RunContext): Promise<void> {
  const { server, session } = context;
  const plan = checkBackup(backup, context);
  const running: RunningRequest = {
    sessionId: session.id,
    databaseId: plan.database.id,
    command: backupStatement,
    startedAt: localNow(server),
    percent: 0,
    drop: () => dropWork(context),
  };
  server.running.add(running);
  try {
    await writeAndRecord(backup, plan, { ...context, running });
  } finally {
    server.running.delete(running);
  }
}

interface WriteContext extends RunContext {
  readonly running: RunningRequest;
}

async function writeAndRecord(backup: Backup, plan: BackupPlan, context: WriteContext): Promise<void> {
  const { server, reply, running, signal } = context;
  const { database } = plan;
  const initial = describe(plan, backup, context);
  const finish = () => ({ ...initial, finishedAt: localNow(server) });
  const media = mediaOf(backup, plan, { ...context, initial });
  const writers = await openWriters(backup.devices, plan, { ...context, statement: backupStatement });
  let size: number;
  try {
    const onDone = createProgress(backup.options.get('STATS'), context);
    const onExtent = async (done: number, total: number) => {
      await sleep(server.backupMs / total, undefined, { signal: lifeOf(signal) });
      await onDone(done, total);
    };
    size = await writeBackup({ ...plan, writers, database: { ...database }, media, initial, finish, onExtent });
    for (const writer of writers) await writer.finish();
  } catch (error) {
    for (const writer of writers) await writer.abandon();
    throw error;
  }
  for (const device of backup.devices) if (device.kind === 'disk') server.onBackup(localPath(server, device.name));
  running.percent = 100;
  record(backup, { plan, media, facts: finish(), size }, context);
  announceEnd(database, reply);
  // An error of severity 16, although the backup is good.
  if (server.history.unwritable)
    throw sqlError(3009, 'Could not insert a backup or restore history/detail record in the msdb database.');
}

interface Written {
  readonly plan: BackupPlan;
  readonly media: MediaFacts;
  readonly facts: BackupSetFacts;
  readonly size: number;
}

function record(backup: Backup, { plan, media, facts, size }: Written, { server }: RunContext): void {
  if (server.history.unwritable) return;
  const id = server.history.nextId();
  server.history.add({
    ...facts,
    id,
    mediaSetId: id,
    mediaSetGuid: media.mediaSetGuid,
    mediaName: media.mediaName,
    name: media.setName,
    description: media.description,
    userName: media.userName,
    devices: backup.devices.map(({ name }) => name),
    compressed: plan.compressed,
    compressedSize: size,
    timeZone: server.timeZone,
  });
}

function mediaOf(backup: Backup, plan: BackupPlan, context: RunContext & { initial: BackupSetFacts }): MediaFacts {
  const { server, session, initial } = context;
  const text = (option: string) => String(backup.options.get(option) ?? '');
  return {
    mediaName: text('MEDIANAME'),
    mediaSetGuid: randomUUID().toUpperCase(),
    setGuid: initial.guid,
    setName: text('NAME'),
    description: text('DESCRIPTION'),
    userName: session.login.name,
    machineName: server.name.split('\\')[0] ?? server.name,
    softwareMajor: initial.softwareMajor,
    timeZone: server.timeZone,
    compressed: plan.compressed,
    at: initial.startedAt,
  };
}

function describe({ database, checksums }: BackupPlan, backup: Backup, { server }: RunContext): BackupSetFacts {
  const [major = '16', , build = '0'] = server.version.split('.');
  const copyOnly = backup.options.has('COPY_ONLY');
  const firstLsn = toLsn(database.log, 71);
  const facts: BackupSetFacts = {
    guid: randomUUID().toUpperCase(),
    type: 'D',
    database: database.name,
    serverName: server.name,
    copyOnly,
    checksums,
    damaged: false,
    size: database.size,
    firstLsn,
    checkpointLsn: firstLsn,
    lastLsn: toLsn({ ...database.log, block: database.log.block + 8 }, 1),
    databaseBackupLsn: database.lastBackupLsn,
    startedAt: localNow(server),
    finishedAt: localNow(server),
    recoveryModel: database.recoveryModel,
    softwareMajor: Number(major),
    softwareBuild: Number(build),
  };
  database.log.block += 8;
  if (!copyOnly) database.lastBackupLsn = firstLsn;
  return facts;
}

function announceEnd(database: Database, reply: Reply): void {
  const pages = database.size / pageSize;
  const info = (number: number, text: string) => reply.message({ number, class: 10, state: 1, text });
  info(4035, `Processed ${pages} pages for database '${database.name}', file '${database.name}' on file 1.`);
  info(4035, `Processed 2 pages for database '${database.name}', file '${database.name}_log' on file 1.`);
  info(3014, `BACKUP DATABASE successfully processed ${pages + 2} pages in 0.500 seconds (0.000 MB/sec).`);
}
