/** How SQL Server is reached, and how what it wrote comes into the store. */
import { distinct } from './distinct';
import type { SettingValues } from './schema';
import { smbPlaceOf, type Place } from './smb-source';

/** How backups come into the store. */
export type BackupRoadConfig =
  | {
      readonly kind: 'disk';
      /** As SQL Server sees it; `{server}` stands for the server's name. */
      readonly directory: string;
      /** The same as Hubkeep sees it; may hold `{server}` likewise. */
      readonly local: Place;
    }
  | { readonly kind: 'url' };

export interface SqlLoginConfig {
  readonly user: string;
  readonly password: string;
  readonly encrypt: boolean;
  readonly trustServerCertificate: boolean;
}

/** A directory that SQL Server and Hubkeep both see, and that Hubkeep writes to. */
export interface SharedDirectory {
  readonly directory: string;
  readonly directoryLocal: string;
}

/** How databases are restored to a server; it may be another than those that are backed up. */
export interface SqlRestoreConfig extends SqlLoginConfig {
  readonly staging: SharedDirectory | undefined;
  /** There is a directory that Hubkeep reads over SMB: it can hand nothing to the server through it. */
  readonly stagingIsReadOnly: boolean;
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
    staging: sharedDirectory(values.SQL_BACKUP_DIRECTORY, stagingPlaceOf(values)),
    // Also where the account that reads it is not set, as a restore needs none.
    stagingIsReadOnly: typeof values.SQL_BACKUP_DIRECTORY_LOCAL === 'object',
    prefersUrl: values.SQL_BACKUP_MODE === 'url',
    stallMinutes: values.SQL_BACKUP_STALL_MINUTES,
    timeoutHours: values.SQL_BACKUP_TIMEOUT_HOURS,
  };
}

export function drillSqlOf(values: SettingValues): DrillSqlConfig | undefined {
  const { DRILL_SQL_SERVER: server, DRILL_SQL_BACKUP_DIRECTORY: directory, DRILL_SQL_BACKUP_DIRECTORY_LOCAL: local } = values;
  const restore = sqlRestoreOf(values);
  if (server === undefined || restore === undefined) return undefined;
  const isOwn = directory !== undefined || local !== undefined;
  const path = local ?? directory;
  const place = path === undefined ? undefined : ({ kind: 'path', path } as const);
  const own = isOwn
    ? { staging: sharedDirectory(directory ?? values.SQL_BACKUP_DIRECTORY, place), stagingIsReadOnly: false }
    : {};
  return { ...restore, ...own, server, prefersUrl: restore.prefersUrl && directory === undefined };
}

function roadOf(values: SettingValues): BackupRoadConfig | undefined {
  if (values.SQL_BACKUP_MODE === 'url') return { kind: 'url' };
  const { SQL_BACKUP_DIRECTORY: directory } = values;
  const local = stagingPlaceOf(values);
  return directory === undefined || local === undefined ? undefined : { kind: 'disk', directory, local };
}

function sharedDirectory(directory: string | undefined, local: Place | undefined): SharedDirectory | undefined {
  return directory === undefined || local?.kind !== 'path' ? undefined : { directory, directoryLocal: local.path };
}

/** SQL_BACKUP_DIRECTORY_LOCAL, or SQL_BACKUP_DIRECTORY where Hubkeep sees the same. Its account is that of the share unless it has its own. */
function stagingPlaceOf(values: SettingValues): Place | undefined {
  const place = values.SQL_BACKUP_DIRECTORY_LOCAL ?? values.SQL_BACKUP_DIRECTORY;
  if (place === undefined) return undefined;
  if (typeof place === 'string') return { kind: 'path', path: place };
  const { SQL_BACKUP_DIRECTORY_USER: user, SQL_BACKUP_DIRECTORY_PASSWORD: password } = values;
  const ofShare = { user: values.FILE_SHARE_USER, password: values.FILE_SHARE_PASSWORD };
  return smbPlaceOf(place, user === undefined ? ofShare : { user, password }, values);
}
