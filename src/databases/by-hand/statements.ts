/** What a runbook, or a restore, asks an operator to run. Never sent. */
import { devicesOf, quoteName, quoteText, type BackupDevice } from '../statements';

export const lookAtServer = `SELECT SERVERPROPERTY('ProductVersion') AS version, SERVERPROPERTY('Collation') AS [collation],
  SERVERPROPERTY('IsIntegratedSecurityOnly') AS windowsLoginsOnly;
SELECT c.name, c.value_in_use FROM sys.configurations AS c WHERE c.name = N'contained database authentication';`;

export const allowContainedUsers = `EXEC sys.sp_configure N'contained database authentication', 1;
RECONFIGURE;`;

/** Reads the backup without touching any database. */
export function lookAtBackup(devices: readonly BackupDevice[]): string {
  const from = devicesOf(devices);
  return [
    `RESTORE VERIFYONLY FROM ${from} WITH CHECKSUM;`,
    `RESTORE HEADERONLY FROM ${from};`,
    `RESTORE FILELISTONLY FROM ${from};`,
  ].join('\n');
}

export interface Move {
  readonly logicalName: string;
  readonly path: string;
}

export interface RestoreByHand {
  readonly database: string;
  readonly devices: readonly BackupDevice[];
  readonly moves: readonly Move[];
  /** Over a database of that name. */
  readonly replace: boolean;
}

export function restoreDatabase({ database, devices, moves, replace }: RestoreByHand): string {
  const options = [
    ...(replace ? ['REPLACE'] : []),
    ...['CHECKSUM', 'RECOVERY', 'STATS = 5'],
    ...moves.map(({ logicalName, path }) => `MOVE ${quoteText(logicalName)} TO ${quoteText(path)}`),
  ];
  return `RESTORE DATABASE ${quoteName(database)}\nFROM ${devicesOf(devices)}\nWITH ${options.join(',\n  ')};`;
}

export function lookAtDatabase(database: string): string {
  return `SELECT d.name, d.state_desc, d.containment_desc, d.recovery_model_desc FROM sys.databases AS d WHERE d.name = ${quoteText(database)};
DBCC CHECKDB (${quoteText(database)}) WITH NO_INFOMSGS, ALL_ERRORMSGS;`;
}

/** Users whose login is not on this server. */
export function findOrphanedUsers(database: string): string {
  return `SELECT p.name FROM ${quoteName(database)}.sys.database_principals AS p
LEFT JOIN sys.server_principals AS s ON s.sid = p.sid
WHERE p.authentication_type_desc = N'INSTANCE' AND s.sid IS NULL AND p.principal_id > 4;`;
}

export function linkUser(database: string, user: string): string {
  return `USE ${quoteName(database)}; ALTER USER ${quoteName(user)} WITH LOGIN = ${quoteName(user)};`;
}

export function leaveGroup(group: string, database: string): string {
  return `ALTER AVAILABILITY GROUP ${quoteName(group)} REMOVE DATABASE ${quoteName(database)};`;
}

export function joinGroup(group: string, database: string): string {
  return `ALTER AVAILABILITY GROUP ${quoteName(group)} ADD DATABASE ${quoteName(database)};`;
}

/** A copy that is out of its group and would be in the way of seeding. */
export function dropCopy(database: string): string {
  return `DROP DATABASE ${quoteName(database)};`;
}

/** A database must be in full recovery and have a full backup of its own before it can join a group. */
export function prepareForGroup(database: string, backup: BackupDevice): string {
  return `ALTER DATABASE ${quoteName(database)} SET RECOVERY FULL;
BACKUP DATABASE ${quoteName(database)} TO ${devicesOf([backup])} WITH CHECKSUM, FORMAT, INIT;`;
}
