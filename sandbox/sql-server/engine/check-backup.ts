import { deflateRawSync, zstdCompressSync } from 'node:zlib';
import { sqlError, type SqlError } from '../tsql/sql-error';
import type { Backup, OptionValue } from '../tsql/statements';
import { wrapped } from './backup-device';
import { groupDatabase } from './availability-group';
import type { Database } from './databases';
import { mayBackUp } from './permissions';
import type { ServerState, Session } from './server-state';
import { isAtLeast } from './server-version';
import { checkTransfer, checkDevices } from './transfer-options';

export const backupStatement = 'BACKUP DATABASE';

/** What a BACKUP is going to do, once every rule has been looked at. */
export interface BackupPlan {
  readonly database: Database;
  readonly checksums: boolean;
  /** What the backup set says of itself. */
  readonly compressed: boolean;
  /** Absent also where a set that calls itself compressed is not, as of an encrypted database with small transfers. */
  readonly squeeze: ((extent: Buffer) => Buffer) | undefined;
  readonly overwrite: boolean;
  /** Bytes. */
  readonly transferSize: number;
}

const defaultTransferSize = 1024 * 1024;
const smallestTransferSize = 65536;
/** SQL Server 2019 CU5: from it on compression of encrypted databases does not depend on the transfer size. */
const compressesEncrypted = [15, 4043] as const;

export function checkBackup(backup: Backup, { server, session }: { server: ServerState; session: Session }): BackupPlan {
  const database = server.databases.find(backup.database);
  if (database === undefined)
    throw failure(911, `Database '${backup.database}' does not exist. Make sure that the name is entered correctly.`);
  if (!mayBackUp(session.login, database))
    throw failure(262, `BACKUP DATABASE permission denied in database '${database.name}'.`, 14);
  if (database.name === 'tempdb') throw failure(3147, 'Backup and restore operations are not allowed on database tempdb.');
  if (database.state !== 'ONLINE')
    throw failure(927, `Database '${database.name}' cannot be opened. It is ${database.state}.`, 14);
  requireReplica(backup, database, server);
  if ([...server.running].some((running) => running.databaseId === database.id && running.command === backupStatement)) {
    const text =
      'Backup, file manipulation operations (such as ALTER DATABASE ADD FILE) and encryption changes on a database must be serialized.';
    throw failure(3023, text);
  }
  checkDevices(backup.devices, backupStatement);
  checkTransfer(backup.options, backupStatement);
  const plan = planOf(backup, database, server);
  if (plan.checksums && database.corruption === 'page')
    throw failure(
      3043,
      `BACKUP '${database.name}' detected an error on page (1:9) in file '${database.files[0]?.physicalName}'.`,
    );
  return plan;
}

/** A secondary takes copies only, before SQL Server 2025, and only while it hears from its primary. */
function requireReplica(backup: Backup, database: Database, { group, name, version }: ServerState): void {
  if (group === undefined || groupDatabase(group, database) === undefined || group.roleOf(name) === 'PRIMARY') return;
  if (group.roleOf(name) === 'RESOLVING')
    throw failure(3062, `Cannot back up from a secondary that is not in the Synchronizing or Synchronized state.`);
  if (!backup.options.has('COPY_ONLY') && Number(version.split('.')[0]) < 17)
    throw failure(3059, 'This BACKUP or RESTORE command is not supported on a database mirror or secondary replica.');
}

function planOf(backup: Backup, database: Database, server: ServerState): BackupPlan {
  const { options } = backup;
  const isOn = (option: string, setting: string) =>
    options.has(option) || (server.configurations.get(setting) === 1 && !options.has(`NO_${option}`));
  const transferSize = Number(options.get('MAXTRANSFERSIZE') ?? 0);
  const compressed = isOn('COMPRESSION', 'backup compression default');
  return {
    database,
    checksums: isOn('CHECKSUM', 'backup checksum default'),
    compressed,
    squeeze: compressed ? squeezeFor(database, { transferSize, algorithm: options.get('COMPRESSION'), server }) : undefined,
    overwrite: overwrites(backup),
    transferSize: transferSize || defaultTransferSize,
  };
}

/** INIT keeps to files; a blob is only overwritten WITH FORMAT. */
function overwrites({ options, devices }: Backup): boolean {
  if (options.has('FORMAT')) return true;
  if (devices[0]?.kind === 'url') return false;
  if (options.has('INIT')) return true;
  throw sqlError(50000, 'The sandbox keeps one backup set in a file: use FORMAT or INIT.');
}

interface Compression {
  /** Bytes, as the statement has it; 0 when it does not say. */
  readonly transferSize: number;
  readonly algorithm: OptionValue | undefined;
  readonly server: ServerState;
}

function squeezeFor(database: Database, { transferSize, algorithm, server }: Compression): BackupPlan['squeeze'] {
  if (server.edition === 'Express' || server.edition === 'Web')
    throw failure(1844, `BACKUP DATABASE WITH COMPRESSION is not supported on ${server.edition} Edition (64-bit).`);
  const squeeze = squeezeOf(algorithm, server);
  const works = !database.encrypted || transferSize > smallestTransferSize || isAtLeast(server.version, compressesEncrypted);
  return works ? squeeze : undefined;
}

/** Deflate stands for the algorithms that Node does not have. */
function squeezeOf(algorithm: unknown, server: ServerState): (extent: Buffer) => Buffer {
  const deflate = (extent: Buffer) => deflateRawSync(extent, { level: 1 });
  if (typeof algorithm !== 'string') return deflate;
  const major = Number(server.version.split('.')[0]);
  const known = major >= 17 ? ['MS_XPRESS', 'QAT_DEFLATE', 'ZSTD'] : major >= 16 ? ['MS_XPRESS', 'QAT_DEFLATE'] : [];
  if (!known.includes(algorithm)) throw sqlError(102, `Incorrect syntax near '${algorithm}'.`, { class: 15 });
  return algorithm === 'ZSTD' ? (extent) => zstdCompressSync(extent) : deflate;
}

function failure(number: number, text: string, severity = 16): SqlError {
  return wrapped({ number, text, class: severity, state: 1 }, backupStatement);
}
