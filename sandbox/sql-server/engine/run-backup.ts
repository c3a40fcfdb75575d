import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BackupSetFacts } from '../backup/backup-set';
import { writeBackup } from '../backup/write-backup';
import type { Reply } from '../tds/client';
import { SqlError, sqlError } from '../tsql/sql-error';
import type { Backup } from '../tsql/statements';
import { deviceError, localPath, wrapped } from './backup-device';
import { toLsn, type Database } from './databases';
import { mayBackUp } from './permissions';
import { localNow, type RunningRequest, type ServerState, type Session } from './server-state';
import { strike, type FaultContext } from './strike';

const statementName = 'BACKUP DATABASE';
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
  const database = checkRequest(backup, context);
  const running: RunningRequest = {
    sessionId: session.id,
    databaseId: database.id,
    command: statementName,
    startedAt: localNow(server),
    percent: 0,
  };
  server.running.add(running);
  try {
    await writeAndRecord(backup, database, { ...context, running });
  } finally {
    server.running.delete(running);
  }
}

function checkRequest(backup: Backup, { server, session }: RunContext): Database {
  const database = server.databases.find(backup.database);
  const fail = (number: number, text: string, severity = 16) =>
    wrapped({ number, text, class: severity, state: 1 }, statementName);
  if (database === undefined)
    throw fail(911, `Database '${backup.database}' does not exist. Make sure that the name is entered correctly.`);
  if (!mayBackUp(session.login, database))
    throw fail(262, `BACKUP DATABASE permission denied in database '${database.name}'.`, 14);
  if (database.name === 'tempdb') throw fail(3147, 'Backup and restore operations are not allowed on database tempdb.');
  if (database.state !== 'ONLINE') throw fail(927, `Database '${database.name}' cannot be opened. It is ${database.state}.`, 14);
  if ([...server.running].some(({ databaseId }) => databaseId === database.id)) {
    throw fail(
      3023,
      'Backup, file manipulation operations (such as ALTER DATABASE ADD FILE) and encryption changes on a database must be serialized.',
    );
  }
  if (backup.options.has('COMPRESSION') && server.edition === 'Express') {
    throw fail(1844, `BACKUP DATABASE WITH COMPRESSION is not supported on ${server.edition} Edition (64-bit).`);
  }
  if (!backup.options.has('FORMAT') && !backup.options.has('INIT')) {
    throw sqlError(50000, 'The sandbox keeps one backup set in a file: use FORMAT or INIT.');
  }
  return database;
}

interface WriteContext extends RunContext {
  readonly running: RunningRequest;
}

async function writeAndRecord(backup: Backup, database: Database, context: WriteContext): Promise<void> {
  const { server, session, reply, running } = context;
  const { options } = backup;
  const initial = describe(database, backup, context);
  const finish = () => ({ ...initial, finishedAt: localNow(server) });
  const media = {
    mediaName: String(options.get('MEDIANAME') ?? ''),
    mediaSetGuid: randomUUID(),
    setGuid: initial.guid,
    setName: String(options.get('NAME') ?? ''),
    userName: session.login.name,
    machineName: server.name.split('\\')[0] ?? server.name,
    softwareMajor: initial.softwareMajor,
    timeZone: server.timeZone,
    compressed: options.has('COMPRESSION'),
    at: initial.startedAt,
  };
  const onExtent = createProgress(backup, context);
  const size = await writeBackup({
    path: localPath(server, backup.path),
    database: { ...database },
    media,
    initial,
    finish,
    onExtent,
  }).catch((error: unknown) => {
    throw error instanceof SqlError || context.signal.aborted ? error : deviceError(backup.path, error, statementName);
  });
  server.onBackup(localPath(server, backup.path));
  const finished = finish();
  running.percent = 100;
  if (server.history.unwritable) {
    reply.message({
      number: 3009,
      class: 10,
      state: 1,
      text: 'Could not insert a backup or restore history/detail record in the msdb database.',
    });
  } else {
    const id = server.history.nextId();
    server.history.add({
      ...finished,
      id,
      mediaSetId: id,
      mediaSetGuid: media.mediaSetGuid,
      mediaName: media.mediaName,
      description: String(options.get('DESCRIPTION') ?? ''),
      name: media.setName,
      userName: media.userName,
      devices: [backup.path],
      compressed: media.compressed,
      compressedSize: size,
      timeZone: server.timeZone,
    });
  }
  announceEnd(database, reply);
}

function describe(database: Database, backup: Backup, { server }: RunContext): BackupSetFacts {
  const [major = '16', , build = '0'] = server.version.split('.');
  const copyOnly = backup.options.has('COPY_ONLY');
  const firstLsn = toLsn(database.log, 71);
  const facts: BackupSetFacts = {
    guid: randomUUID().toUpperCase(),
    type: 'D',
    database: database.name,
    serverName: server.name,
    copyOnly,
    checksums: backup.options.has('CHECKSUM'),
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

/** Sends 3211 every STATS percent, keeps the pace and lets scripted faults strike. */
function createProgress(backup: Backup, context: WriteContext): (done: number, total: number) => Promise<void> {
  const { server, reply, signal, running } = context;
  const stats = backup.options.get('STATS');
  const step = typeof stats === 'number' && stats > 0 ? stats : 10;
  let next = step;
  const faultContext: FaultContext = { ...context, signal };
  return async (done, total) => {
    await sleep(server.backupMs / total);
    const percent = Math.floor((done / total) * 100);
    running.percent = percent;
    while (next <= percent) {
      reply.message({ number: 3211, class: 10, state: 1, text: `${next} percent processed.` });
      next += step;
    }
    const lost = await strike(faultContext, percent);
    if (signal.aborted && !lost.continues) throw new Error('The backup was stopped');
  };
}

function announceEnd(database: Database, reply: Reply): void {
  const pages = database.size / pageSize;
  const info = (number: number, text: string) => reply.message({ number, class: 10, state: 1, text });
  info(4035, `Processed ${pages} pages for database '${database.name}', file '${database.name}' on file 1.`);
  info(4035, `Processed 2 pages for database '${database.name}', file '${database.name}_log' on file 1.`);
  info(3014, `BACKUP DATABASE successfully processed ${pages + 2} pages in 0.500 seconds (0.000 MB/sec).`);
}
