/** How SQL Server is reached, and how what it wrote comes into the store. */
import { distinct } from './distinct';
import type { SettingValues } from './schema';

/** How backups come into the store. */
export type BackupRoadConfig =
  | {
      readonly kind: 'disk';
      /** As SQL Server sees it; `{server}` stands for the server's name. */
      readonly directory: string;
      /** The same as Hubkeep sees it. */
      readonly directoryLocal: string;
    }
  | { readonly kind: 'url' };

export interface SqlLoginConfig {
  readonly user: string;
  readonly password: string;
  readonly encrypt: boolean;
  readonly trustServerCertificate: boolean;
}

/** A directory that SQL Server and Hubkeep both see. */
export type SharedDirectory = Omit<Extract<BackupRoadConfig, { kind: 'disk' }>, 'kind'>;

/** How databases are restored to a server; it may be another than those that are backed up. */
export interface SqlRestoreConfig extends SqlLoginConfig {
  readonly staging: SharedDirectory | undefined;
  /** SQL Server reads what it has written by itself from where it lies. */
  readonly prefersUrl: boolean;
  readonly stallMinutes: number;
  readonly timeoutHours: number;
}

/** Where drills restore databases. */
export interface DrillSqlConfig extends SqlRestoreConfig {
  readonly server: string;
}

export interface SqlConfig extends SqlLoginConfig {
  readonly servers: readonly string[];
  readonly databases: readonly string[];
  readonly road: BackupRoadConfig;
  /** Files of a backup; by the size of the database when undefined. */
  readonly stripes: number | undefined;
  readonly stallMinutes: number;
  readonly timeoutHours: number;
}

export function sqlOf(values: SettingValues): SqlConfig | undefined {
  const { SQL_SERVERS: servers } = values;
  const login = sqlLoginOf(values);
  const road = roadOf(values);
  if (servers === undefined || login === undefined || road === undefined) return undefined;
  return {
    ...login,
    servers: distinct(servers),
    databases: distinct(values.SQL_DATABASES),
    road,
    stripes: values.SQL_BACKUP_STRIPES,
    stallMinutes: values.SQL_BACKUP_STALL_MINUTES,
    timeoutHours: values.SQL_BACKUP_TIMEOUT_HOURS,
  };
}

function sqlLoginOf(values: SettingValues): SqlLoginConfig | undefined {
  const { SQL_USER: user, SQL_PASSWORD: password, SQL_ENCRYPT: encrypt, SQL_TRUST_SERVER_CERTIFICATE: trust } = values;
  return user === undefined || password === undefined ? undefined : { user, password, encrypt, trustServerCertificate: trust };
}

export function sqlRestoreOf(values: SettingValues): SqlRestoreConfig | undefined {
  const login = sqlLoginOf(values);
  if (login === undefined) return undefined;
  return {
    ...login,
    staging: directoryOf(values.SQL_BACKUP_DIRECTORY, values.SQL_BACKUP_DIRECTORY_LOCAL),
    prefersUrl: values.SQL_BACKUP_MODE === 'url',
    stallMinutes: values.SQL_BACKUP_STALL_MINUTES,
    timeoutHours: values.SQL_BACKUP_TIMEOUT_HOURS,
  };
}

export function drillSqlOf(values: SettingValues): DrillSqlConfig | undefined {
  const { DRILL_SQL_SERVER: server, DRILL_SQL_BACKUP_DIRECTORY: directory, DRILL_SQL_BACKUP_DIRECTORY_LOCAL: local } = values;
  const restore = sqlRestoreOf(values);
  if (server === undefined || restore === undefined) return undefined;
  const usual = restore.staging;
  const staging = directoryOf(
    directory ?? usual?.directory,
    local ?? (directory === undefined ? usual?.directoryLocal : undefined),
  );
  return { ...restore, server, staging, prefersUrl: restore.prefersUrl && directory === undefined };
}

function roadOf(values: SettingValues): BackupRoadConfig | undefined {
  if (values.SQL_BACKUP_MODE === 'url') return { kind: 'url' };
  const shared = directoryOf(values.SQL_BACKUP_DIRECTORY, values.SQL_BACKUP_DIRECTORY_LOCAL);
  return shared === undefined ? undefined : { kind: 'disk', ...shared };
}

function directoryOf(directory: string | undefined, directoryLocal = directory): SharedDirectory | undefined {
  return directory === undefined || directoryLocal === undefined ? undefined : { directory, directoryLocal };
}
