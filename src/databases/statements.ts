import { HubkeepError } from '../errors/hubkeep-error';

/** Every T-SQL statement this product can send. */

const maximumNameLength = 128;
const maximumPathLength = 259;

export const serverFacts = `SELECT
  CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(128)) AS version,
  CAST(SERVERPROPERTY('Edition') AS nvarchar(128)) AS edition,
  CAST(SERVERPROPERTY('EngineEdition') AS int) AS engineEdition,
  DATEPART(TZOFFSET, SYSDATETIMEOFFSET()) AS utcOffsetMinutes`;

export const listDatabases = `SELECT name, state_desc AS state, recovery_model_desc AS recoveryModel, log_reuse_wait_desc AS logReuseWait
FROM sys.databases`;

/** Parameters `resource` and `waitMs`. Answers one row, `result`: 0 or more when the session owns the lock now. */
export const acquireSessionLock = `DECLARE @result int;
EXEC @result = sp_getapplock @Resource = @resource, @LockMode = N'Exclusive', @LockOwner = N'Session', @LockTimeout = @waitMs;
SELECT @result AS result`;

export interface BackupToDisk {
  readonly database: string;
  readonly path: string;
  /** Name of the backup set, unique: its proof is found by it. */
  readonly setName: string;
  readonly compression: boolean;
}

export function backupToDisk(backup: BackupToDisk): string {
  const options = [
    'COPY_ONLY',
    'CHECKSUM',
    backup.compression ? 'COMPRESSION' : 'NO_COMPRESSION',
    'FORMAT',
    'INIT',
    `NAME = ${quoteText(backup.setName)}`,
    'STATS = 5',
  ];
  return `BACKUP DATABASE ${quoteName(backup.database)} TO DISK = ${quotePath(backup.path)} WITH ${options.join(', ')}`;
}

export function verifyBackup(path: string): string {
  return `RESTORE VERIFYONLY FROM DISK = ${quotePath(path)} WITH CHECKSUM, STATS = 5`;
}

export function readBackupHeader(path: string): string {
  return `RESTORE HEADERONLY FROM DISK = ${quotePath(path)}`;
}

/** Parameter `name`. Log sequence numbers have 25 digits, more than the client's numbers carry. */
export const findBackupByName = `SELECT TOP (1)
  CAST(s.backup_set_id AS nvarchar(20)) AS backupSetId, s.database_name AS databaseName, s.has_backup_checksums AS hasChecksums,
  s.is_damaged AS isDamaged, s.is_copy_only AS isCopyOnly,
  CAST(s.backup_size AS float) AS size, CAST(s.compressed_backup_size AS float) AS compressedSize,
  CAST(s.first_lsn AS nvarchar(30)) AS firstLsn, CAST(s.last_lsn AS nvarchar(30)) AS lastLsn,
  CAST(s.checkpoint_lsn AS nvarchar(30)) AS checkpointLsn, CAST(s.database_backup_lsn AS nvarchar(30)) AS databaseBackupLsn,
  s.backup_start_date AS startedAt, s.backup_finish_date AS finishedAt, CAST(s.time_zone AS int) AS timeZone,
  f.physical_device_name AS path
FROM msdb.dbo.backupset AS s INNER JOIN msdb.dbo.backupmediafamily AS f ON f.media_set_id = s.media_set_id
WHERE s.name = @name ORDER BY s.backup_set_id DESC`;

/** Parameter `database`. One row for each BACKUP DATABASE of it that runs now. */
export const findRunningBackup = `SELECT r.session_id AS sessionId, r.percent_complete AS percentComplete
FROM sys.dm_exec_requests AS r
WHERE r.command = N'BACKUP DATABASE' AND r.database_id = DB_ID(@database)`;

/** An identifier in brackets. Throws for names no database can have. */
export function quoteName(name: string): string {
  if (name.length === 0 || name.length > maximumNameLength || name.includes('\0')) {
    throw new HubkeepError('config.invalid', `${JSON.stringify(name)} cannot be the name of a database`, {
      hint: 'Names in SQL_DATABASES have 1 to 128 characters.',
    });
  }
  return `[${name.replaceAll(']', ']]')}]`;
}

export function quoteText(text: string): string {
  return `N'${text.replaceAll("'", "''")}'`;
}

function quotePath(path: string): string {
  if (path.length > maximumPathLength) {
    throw new HubkeepError(
      'config.invalid',
      `The backup path has ${path.length} characters; SQL Server takes ${maximumPathLength}`,
      {
        hint: 'Choose a shorter SQL_BACKUP_DIRECTORY.',
      },
    );
  }
  return quoteText(path);
}
