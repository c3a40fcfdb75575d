/** What is sent to a server that databases are restored to. */
import { devicesOf, quoteName, quoteText, type BackupDevice } from '../statements';

/** Where the server puts files of new databases. */
export const defaultDirectories = `SELECT CAST(SERVERPROPERTY('InstanceDefaultDataPath') AS nvarchar(260)) AS dataDirectory,
  CAST(SERVERPROPERTY('InstanceDefaultLogPath') AS nvarchar(260)) AS logDirectory`;

/** Parameter `database`, as sys.databases has it. */
export const groupOf = `SELECT g.name AS groupName
FROM sys.databases AS d INNER JOIN sys.availability_databases_cluster AS c ON c.group_database_id = d.group_database_id
INNER JOIN sys.availability_groups AS g ON g.group_id = c.group_id WHERE d.name = @database`;

/** Of a backup in several files it takes any one of them. */
export function listBackupFiles(device: BackupDevice): string {
  return `RESTORE FILELISTONLY FROM ${devicesOf([device])}`;
}

export interface Move {
  readonly logicalName: string;
  readonly path: string;
}

export interface RestoreOptions {
  readonly database: string;
  readonly devices: readonly BackupDevice[];
  readonly moves: readonly Move[];
  /** Over a database of that name. */
  readonly replace: boolean;
}

export function restoreDatabase({ database, devices, moves, replace }: RestoreOptions): string {
  const options = [
    ...moves.map(({ logicalName, path }) => `MOVE ${quoteText(logicalName)} TO ${quoteText(path)}`),
    'CHECKSUM',
    ...(replace ? ['REPLACE'] : []),
    'RECOVERY',
    'STATS = 1',
  ];
  return `RESTORE DATABASE ${quoteName(database)} FROM ${devicesOf(devices)} WITH ${options.join(', ')}`;
}

/** Parameter `program`. One row for each RESTORE DATABASE that such a program's sessions run now. */
export const findRunningRestore = `SELECT r.session_id AS sessionId
FROM sys.dm_exec_requests AS r INNER JOIN sys.dm_exec_sessions AS s ON s.session_id = r.session_id
WHERE r.command = N'RESTORE DATABASE' AND s.program_name = @program`;
