import { HubkeepError } from '../errors/hubkeep-error';

/** Every T-SQL statement this product can send, and those it can ask an operator to run. */

const maximumNameLength = 128;
const maximumPathLength = 259;

export const serverFacts = `SELECT
  CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(128)) AS version,
  CAST(SERVERPROPERTY('ProductLevel') AS nvarchar(128)) AS productLevel,
  CAST(SERVERPROPERTY('ProductUpdateLevel') AS nvarchar(128)) AS updateLevel,
  CAST(SERVERPROPERTY('Edition') AS nvarchar(128)) AS edition,
  CAST(SERVERPROPERTY('Collation') AS nvarchar(128)) AS serverCollation,
  CAST(SERVERPROPERTY('IsHadrEnabled') AS int) AS hadrEnabled,
  DATEPART(TZOFFSET, SYSDATETIMEOFFSET()) AS utcOffsetMinutes`;

export const containedAuthentication = `SELECT CAST(c.value_in_use AS int) AS enabled
FROM sys.configurations AS c WHERE c.name = N'contained database authentication'`;

export const listDatabases = `SELECT name, database_id AS id, state_desc AS state, recovery_model_desc AS recoveryModel,
  log_reuse_wait_desc AS logReuseWait, containment_desc AS containment, collation_name AS databaseCollation,
  is_encrypted AS encrypted, replica_id AS replicaId
FROM sys.databases`;

/** Parameter `databaseId`. Sizes are in pages of 8 KiB; bytes need more than an int. */
export const listFiles = `SELECT f.name AS logicalName, f.physical_name AS physicalName, f.type_desc AS type, CAST(f.size AS float) * 8192 AS size
FROM sys.master_files AS f WHERE f.database_id = @databaseId ORDER BY f.file_id`;

/** Parameter `database`. In the server's local time. */
export const findLastLogBackup = `SELECT MAX(s.backup_finish_date) AS finishedAt
FROM msdb.dbo.backupset AS s WHERE s.database_name = @database AND s.type = 'L'`;

/** Users, groups and those of a directory; the first four principals are the server's own. */
const usersOf = (database: string) =>
  `FROM ${quoteName(database)}.sys.database_principals AS p WHERE p.type IN ('S', 'U', 'G', 'E', 'X') AND p.principal_id > 4`;

export function countUsers(database: string): string {
  return `SELECT COUNT(*) AS users ${usersOf(database)}`;
}

export function listUsers(database: string): string {
  return `SELECT TOP (100) p.name AS name, p.authentication_type_desc AS authentication ${usersOf(database)} ORDER BY p.name`;
}

export const serverRights = `SELECT SUSER_SNAME() AS login, IS_SRVROLEMEMBER(N'sysadmin') AS isSysadmin,
  HAS_PERMS_BY_NAME(NULL, NULL, N'CREATE ANY DATABASE') AS createsAnyDatabase,
  HAS_PERMS_BY_NAME(N'master', N'DATABASE', N'CREATE DATABASE') AS createsDatabase`;

/** Parameter `permission`. */
export const serverRight = `SELECT HAS_PERMS_BY_NAME(NULL, NULL, @permission) AS held`;

/** Parameters `database` (in brackets where its name asks for them) and `permission`. */
export const databaseRight = `SELECT HAS_PERMS_BY_NAME(@database, N'DATABASE', @permission) AS held`;

/** Parameters `resource` and `waitMs`. Answers one row, `result`: 0 or more when the session owns the lock now. */
export const acquireSessionLock = `DECLARE @result int;
EXEC @result = sp_getapplock @Resource = @resource, @LockMode = N'Exclusive', @LockOwner = N'Session', @LockTimeout = @waitMs;
SELECT @result AS result`;

export interface BackupDevice {
  readonly kind: 'disk' | 'url';
  /** A path or an address, as SQL Server sees it. */
  readonly name: string;
}

export interface BackupOptions {
  readonly database: string;
  /** The stripes of one backup set, all of one kind. */
  readonly devices: readonly BackupDevice[];
  /** Name of the backup set, unique: its proof is found by it. */
  readonly setName: string;
  readonly compression: boolean;
  readonly maxTransferSize?: number;
  readonly blockSize?: number;
}

/** Copy-only with checksums. A file is formatted; a blob never is, since only FORMAT makes SQL Server overwrite one. */
export function backupDatabase(backup: BackupOptions): string {
  const options = [
    'COPY_ONLY',
    'CHECKSUM',
    backup.compression ? 'COMPRESSION' : 'NO_COMPRESSION',
    ...(backup.devices.every(({ kind }) => kind === 'disk') ? ['FORMAT', 'INIT'] : []),
    `NAME = ${quoteText(backup.setName)}`,
    ...(backup.maxTransferSize === undefined ? [] : [`MAXTRANSFERSIZE = ${backup.maxTransferSize}`]),
    ...(backup.blockSize === undefined ? [] : [`BLOCKSIZE = ${backup.blockSize}`]),
    'STATS = 1',
  ];
  return `BACKUP DATABASE ${quoteName(backup.database)} TO ${devicesOf(backup.devices)} WITH ${options.join(', ')}`;
}

export function verifyBackup(devices: readonly BackupDevice[]): string {
  return `RESTORE VERIFYONLY FROM ${devicesOf(devices)} WITH CHECKSUM, STATS = 1`;
}

/** Asks the server to remove one backup file, as maintenance plans do. It takes nothing that is not a backup, and may do nothing without a word. */
export function deleteBackupFile(path: string): string {
  return `EXEC master.sys.xp_delete_file 0, ${quotePath(path)}`;
}

export function readBackupHeader(device: BackupDevice): string {
  return `RESTORE HEADERONLY FROM ${devicesOf([device])}`;
}

/**
 * Parameter `name`. One row for each stripe of each set of that name, newest set and first stripe first. Log sequence
 * numbers have 25 digits, more than the client's numbers carry.
 */
export const findBackupByName = `SELECT
  CAST(s.backup_set_id AS nvarchar(20)) AS backupSetId, s.database_name AS databaseName, s.has_backup_checksums AS hasChecksums,
  s.is_damaged AS isDamaged, s.is_copy_only AS isCopyOnly,
  CAST(s.backup_size AS float) AS size, CAST(s.compressed_backup_size AS float) AS compressedSize,
  CAST(s.first_lsn AS nvarchar(30)) AS firstLsn, CAST(s.last_lsn AS nvarchar(30)) AS lastLsn,
  CAST(s.checkpoint_lsn AS nvarchar(30)) AS checkpointLsn, CAST(s.database_backup_lsn AS nvarchar(30)) AS databaseBackupLsn,
  s.backup_start_date AS startedAt, s.backup_finish_date AS finishedAt, CAST(s.time_zone AS int) AS timeZone,
  f.family_sequence_number AS stripe, f.physical_device_name AS device
FROM msdb.dbo.backupset AS s INNER JOIN msdb.dbo.backupmediafamily AS f ON f.media_set_id = s.media_set_id
WHERE s.name = @name AND f.mirror = 0 ORDER BY s.backup_set_id DESC, f.family_sequence_number`;

export interface UrlCredential {
  /** Address of the container: by it BACKUP finds the credential. */
  readonly name: string;
  /** A shared access signature, without a question mark. */
  readonly secret: string;
}

export function createCredential(credential: UrlCredential): string {
  return `CREATE ${credentialWith(credential)}`;
}

export function alterCredential(credential: UrlCredential): string {
  return `ALTER ${credentialWith(credential)}`;
}

export function dropCredential(name: string): string {
  return `DROP CREDENTIAL ${quoteCredential(name)}`;
}

/** Parameter `name`. One row when there is one. */
export const findCredential = `SELECT CASE WHEN c.modify_date > c.create_date THEN 1 ELSE 0 END AS isAltered
FROM sys.credentials AS c WHERE c.name = @name`;

function credentialWith({ name, secret }: UrlCredential): string {
  return `CREDENTIAL ${quoteCredential(name)} WITH IDENTITY = N'SHARED ACCESS SIGNATURE', SECRET = ${quoteText(secret)}`;
}

export const ownSessionId = 'SELECT @@SPID AS sessionId';

/** Parameter `sessionId`. One row while a statement of that session runs and SQL_USER may see it. */
export const findProgress = `SELECT r.percent_complete AS percentComplete, CAST(r.estimated_completion_time AS float) AS millisecondsLeft
FROM sys.dm_exec_requests AS r WHERE r.session_id = @sessionId`;

/** Parameters `database` and `program`. One row for each BACKUP DATABASE of it that such a program's sessions run now. */
export const findRunningBackup = `SELECT r.session_id AS sessionId, r.percent_complete AS percentComplete,
  CAST(r.estimated_completion_time AS float) AS millisecondsLeft
FROM sys.dm_exec_requests AS r INNER JOIN sys.dm_exec_sessions AS s ON s.session_id = r.session_id
WHERE r.command = N'BACKUP DATABASE' AND r.database_id = DB_ID(@database) AND s.program_name = @program`;

/** KILL takes a literal and no parameter. */
export function killSession(sessionId: number): string {
  if (!Number.isSafeInteger(sessionId) || sessionId <= 0) {
    throw new HubkeepError('internal', `${sessionId} is not the number of a session`);
  }
  return `KILL ${sessionId}`;
}

/** For an operator to run; never sent. */
export const grants = {
  login: (login: string) => `USE master; CREATE LOGIN ${quoteName(login)} WITH PASSWORD = N'…', CHECK_EXPIRATION = OFF;`,
  user: (database: string, login: string) =>
    `USE ${quoteName(database)}; CREATE USER ${quoteName(login)} FOR LOGIN ${quoteName(login)};`,
  alterCredentials: (login: string) => `USE master; GRANT ALTER ANY CREDENTIAL TO ${quoteName(login)};`,
  backUp: (database: string, login: string) => `USE ${quoteName(database)}; GRANT BACKUP DATABASE TO ${quoteName(login)};`,
  createDatabase: (login: string) => `USE master; GRANT CREATE ANY DATABASE TO ${quoteName(login)};`,
  readHistory: (login: string) =>
    `USE msdb; GRANT SELECT ON dbo.backupset TO ${quoteName(login)}; GRANT SELECT ON dbo.backupmediafamily TO ${quoteName(login)};`,
  seeFiles: (login: string) => `USE master; GRANT VIEW ANY DEFINITION TO ${quoteName(login)};`,
  seeProgress: (login: string) => `USE master; GRANT VIEW SERVER STATE TO ${quoteName(login)};`,
  stopBackups: (login: string) => `USE master; GRANT ALTER ANY CONNECTION TO ${quoteName(login)};`,
  deleteBackupFiles: (login: string) => `USE master; GRANT EXECUTE ON sys.xp_delete_file TO ${quoteName(login)};`,
  seeUsers: (database: string, login: string) => `USE ${quoteName(database)}; GRANT VIEW DEFINITION TO ${quoteName(login)};`,
} as const;

/** An identifier in brackets. Throws for names no database can have. */
export function quoteName(name: string): string {
  if (name.length === 0 || name.length > maximumNameLength || name.includes('\0')) {
    throw new HubkeepError('config.invalid', `${JSON.stringify(name)} cannot be the name of a database`, {
      hint: 'Names in SQL_DATABASES have 1 to 128 characters.',
    });
  }
  return `[${name.replaceAll(']', ']]')}]`;
}

function quoteCredential(url: string): string {
  if (url.length > maximumNameLength) {
    throw new HubkeepError(
      'sql.target-unusable',
      `${url} has ${url.length} characters; a credential takes ${maximumNameLength}`,
      {
        hint: 'Choose a shorter BACKUP_CONTAINER, or set SQL_BACKUP_MODE=disk.',
      },
    );
  }
  return quoteName(url);
}

export function quoteText(text: string): string {
  return `N'${text.replaceAll("'", "''")}'`;
}

/** Gives a parameter of a statement its value where the statement is run by hand. */
export function declareParameter(name: string, value: string | number): string {
  return typeof value === 'number'
    ? `DECLARE @${name} int = ${value};`
    : `DECLARE @${name} nvarchar(4000) = ${quoteText(value)};`;
}

/** The devices of one backup set as statements name them. */
export function devicesOf(devices: readonly BackupDevice[]): string {
  return devices.map(({ kind, name }) => `${kind === 'disk' ? 'DISK' : 'URL'} = ${quotePath(name)}`).join(', ');
}

function quotePath(path: string): string {
  if (path.length > maximumPathLength) {
    throw new HubkeepError(
      'config.invalid',
      `The backup path has ${path.length} characters; SQL Server takes ${maximumPathLength}`,
      { hint: 'Choose a shorter SQL_BACKUP_DIRECTORY, or BACKUP_CONTAINER.' },
    );
  }
  return quoteText(path);
}
