import { isIntact, type BackupFile } from '../backup/read-backup';
import type { ServerMessage } from '../tds/tokens';
import { SqlError } from '../tsql/sql-error';
import type { RestoreDatabase } from '../tsql/statements';
import { groupDatabase } from './availability-group';
import { wrapped } from './backup-device';
import type { Database, DatabaseFile } from './databases';
import { databaseVersions } from './describe-backup';
import { requireMediaSet } from './media-set';
import { createProgress } from './progress';
import type { RunContext } from './run-backup';
import { requireChecksums, requireRestoreRight, withVolumes, type Volume } from './run-restore';
import { localNow, type RunningRequest } from './server-state';
import { dropWork } from './strike';

const statement = 'RESTORE DATABASE';
const pageSize = 8192;

/** RESTORE DATABASE from a full backup. What fails after its checks leaves the database RESTORING, as on a real server. */
export async function restoreDatabase(restore: RestoreDatabase, context: RunContext): Promise<void> {
  requireRestoreRight(context, statement);
  const existing = context.server.databases.find(restore.database);
  requireRestorable(restore, existing, context);
  await withVolumes(restore, { ...context, statement }, async (volumes) => {
    requireMediaSet(volumes, statement);
    const { file } = volumes[0];
    requireChecksums(restore, file, statement);
    requireReplaceable(restore, existing, { file, context });
    requireServerFor(file, context);
    const files = placeFiles(restore, file, context);
    await readAll(restore, volumes, { files, context });
  });
}

function failure(number: number, text: string): SqlError {
  return wrapped({ number, class: 16, state: 1, text }, statement);
}

function requireRestorable({ database }: RestoreDatabase, existing: Database | undefined, { server, session }: RunContext): void {
  if (groupDatabase(server.group, { name: database }) !== undefined) {
    const text = `RESTORE cannot operate on database '${database}' because it is configured for database mirroring or has joined an availability group.`;
    throw failure(3104, text);
  }
  if (existing === undefined) return;
  if (session.database === existing.name)
    throw failure(3102, `RESTORE cannot process database '${existing.name}' because it is in use by this session.`);
  if ([...server.sessions.values()].some((other) => other.database === existing.name))
    throw failure(3101, 'Exclusive access could not be obtained because the database is in use.');
}

interface Source {
  readonly file: BackupFile;
  readonly context: RunContext;
}

/** Without REPLACE only an older state of the same database goes over it, and only if no log is lost by it. */
function requireReplaceable(restore: RestoreDatabase, existing: Database | undefined, { file, context }: Source): void {
  if (existing === undefined || restore.options.has('REPLACE')) return;
  const { facts } = file;
  const isSame = facts.database === existing.name && facts.serverName === context.server.name;
  if (!isSame)
    throw failure(3154, `The backup set holds a backup of a database other than the existing '${existing.name}' database.`);
  if (existing.recoveryModel !== 'SIMPLE' && existing.state === 'ONLINE')
    throw failure(3159, `The tail of the log for the database "${existing.name}" has not been backed up.`);
}

function requireServerFor({ facts, content }: BackupFile, { server }: RunContext): void {
  const major = Number(server.version.split('.')[0]);
  if (facts.softwareMajor > major) {
    const text = `The database was backed up on a server running version ${facts.softwareMajor}.00.${facts.softwareBuild}. That version is incompatible with this server, which is running version ${server.version}.`;
    throw failure(3169, text);
  }
  if (content.contained && server.configurations.get('contained database authentication') !== 1) {
    const text =
      "The sp_configure value 'contained database authentication' must be set to 1 in order to restore a contained database.";
    throw failure(12824, text);
  }
  const hasKey = facts.serverName === server.name || server.databases.list().some(({ encrypted }) => encrypted);
  if (content.encrypted && !hasKey) throw failure(33111, "Cannot find server certificate with thumbprint '0x53414E44424F58'.");
}

/** Throws 3234 for a MOVE of no file, and 1834, 3156 and 3119 where a file of another database lies. */
function placeFiles(restore: RestoreDatabase, { content, facts }: BackupFile, { server }: RunContext): DatabaseFile[] {
  const moves = new Map([...restore.moves].map(([name, path]) => [name.toLowerCase(), path]));
  for (const name of restore.moves.keys()) {
    if (content.files.some((file) => file.name.toLowerCase() === name.toLowerCase())) continue;
    throw failure(
      3234,
      `Logical file '${name}' is not part of database '${facts.database}'. Use RESTORE FILELISTONLY to list the logical file names.`,
    );
  }
  const placed = content.files.map((file) => ({
    ...file,
    physicalName: moves.get(file.name.toLowerCase()) ?? file.physicalName,
  }));
  const others = server.databases.list().filter(({ name }) => name.toLowerCase() !== restore.database.toLowerCase());
  const conflicts = placed.flatMap((file): ServerMessage[] => {
    const owner = others.find((database) => database.files.some((own) => samePath(own.physicalName, file.physicalName)));
    if (owner === undefined) return [];
    const where = file.physicalName;
    return [
      error(1834, `The file '${where}' cannot be overwritten. It is being used by database '${owner.name}'.`),
      error(
        3156,
        `File '${file.name}' cannot be restored to '${where}'. Use WITH MOVE to identify a valid location for the file.`,
      ),
    ];
  });
  if (conflicts.length === 0) return placed;
  const summary = 'Problems were identified while planning for the RESTORE statement. Previous messages provide details.';
  throw new SqlError([...conflicts, error(3119, summary), error(3013, `${statement} is terminating abnormally.`)]);
}

function error(number: number, text: string): ServerMessage {
  return { number, class: 16, state: 1, text };
}

function samePath(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

async function readAll(
  restore: RestoreDatabase,
  volumes: readonly [Volume, ...Volume[]],
  { files, context }: { files: readonly DatabaseFile[]; context: RunContext },
): Promise<void> {
  const { server, session } = context;
  const { content, facts } = volumes[0].file;
  server.databases.remove(restore.database);
  const database = server.databases.restore({ ...content, name: restore.database, size: facts.size, files, state: 'RESTORING' });
  database.createdAt = localNow(server);
  const running: RunningRequest = {
    sessionId: session.id,
    databaseId: database.id,
    command: statement,
    startedAt: localNow(server),
    percent: 0,
    drop: () => dropWork(context),
  };
  server.running.add(running);
  try {
    const intact = await readVolumes(restore, volumes, { ...context, running });
    if (!intact && facts.checksums) {
      const text = `RESTORE detected an error on page (1:0) in database "${database.name}" as read from the backup set.`;
      throw failure(3183, text);
    }
    if (!intact) database.corruption = 'page';
  } finally {
    server.running.delete(running);
  }
  if (!restore.options.has('NORECOVERY')) database.state = 'ONLINE';
  announceEnd(database, facts.softwareMajor, context);
}

async function readVolumes(
  restore: RestoreDatabase,
  volumes: readonly Volume[],
  context: RunContext & { readonly running: RunningRequest },
): Promise<boolean> {
  const onDone = createProgress(restore.options.get('STATS') ?? Infinity, context);
  const total = volumes.reduce((sum, { file }) => sum + file.size, 0);
  let done = 0;
  let intact = true;
  for (const { reader } of volumes) {
    const isWhole = await isIntact(reader, async (bytes) => {
      done += bytes;
      await onDone(done, total);
    });
    intact &&= isWhole;
  }
  return intact;
}

function announceEnd(database: Database, fromMajor: number, { server, reply }: RunContext): void {
  const info = (number: number, text: string) => reply.message({ number, class: 10, state: 1, text });
  const pages = database.size / pageSize;
  for (const file of database.files)
    info(
      4035,
      `Processed ${Math.ceil(file.size / pageSize)} pages for database '${database.name}', file '${file.name}' on file 1.`,
    );
  const [from, to] = [databaseVersions[fromMajor], databaseVersions[Number(server.version.split('.')[0])]];
  if (from !== to && database.state === 'ONLINE')
    info(928, `Converting database '${database.name}' from version ${from} to the current version ${to}.`);
  info(3014, `RESTORE DATABASE successfully processed ${pages} pages in 0.500 seconds (0.000 MB/sec).`);
}
