import type { Component } from '../contracts/components';
import type { SettingValues } from './schema';
import type { DropPlace } from './setting-types';

/** Where recovery points are kept. An account without signature is opened by identity. */
export type StorageAccount =
  { readonly connectionString: string } | { readonly accountUrl: string; readonly sas: string } | { readonly accountUrl: string };

export interface StorageConfig {
  readonly account: StorageAccount;
  readonly container: string;
  readonly apiVersion: string | undefined;
}

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

export interface FileShareConfig {
  readonly path: string;
  /** Globs over paths to leave out. */
  readonly exclude: readonly string[];
  /** How many activities copy it at once. */
  readonly width: number;
}

export interface SecretsConfig {
  readonly vaultUrl: string;
  readonly vaultApiVersion: string | undefined;
  readonly verifyChallenge: boolean;
  /** Picked up before each run when it exists. */
  readonly dropFile: DropPlace | undefined;
  /** Whether the drop file goes once the vault holds its content. */
  readonly wipe: boolean;
  readonly maxAgeDays: number;
  /** Where the state of App Service's secrets is asked for; nowhere when undefined. */
  readonly rotationWatch: { readonly url: string; readonly audience: string } | undefined;
}

/** Everything configured, read once at start and frozen. A part is undefined when its settings are not all set. */
export interface Config {
  readonly stampName: string;
  readonly components: readonly Component[];
  /** NCRONTAB, six fields, UTC. */
  readonly schedule: string;
  readonly extraCaFile: string | undefined;
  readonly identity: { readonly instanceDiscovery: boolean };
  readonly storage: StorageConfig;
  readonly sql: SqlConfig | undefined;
  readonly sqlRestore: SqlRestoreConfig | undefined;
  readonly drillSql: DrillSqlConfig | undefined;
  readonly fileShare: FileShareConfig | undefined;
  /** Megabytes per second that the content of the share may travel at, backed up or restored. */
  readonly fileShareMaxMbps: number | undefined;
  /** Where restores that are asked for over HTTP may write, and how many activities do it at once. */
  readonly restore: { readonly directory: string; readonly width: number } | undefined;
  readonly secrets: SecretsConfig | undefined;
  readonly serve: {
    readonly apiKey: string | undefined;
    readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
  };
  readonly notify: { readonly webhookUrl: string | undefined };
  readonly drill: {
    /** NCRONTAB, six fields, UTC; none when undefined. */
    readonly schedule: string | undefined;
    /** Of the stored bytes, those that one reads; up to 1. */
    readonly share: number;
    readonly scratchDirectory: string | undefined;
  };
}

/** Arranges checked values by what they are for. */
export function toConfig(values: SettingValues): Config {
  return deepFreeze({
    stampName: values.STAMP_NAME,
    components: distinct(values.BACKUP_COMPONENTS),
    schedule: values.BACKUP_SCHEDULE,
    extraCaFile: values.EXTRA_CA_FILE,
    identity: { instanceDiscovery: values.IDENTITY_INSTANCE_DISCOVERY },
    storage: { account: accountOf(values), container: values.BACKUP_CONTAINER, apiVersion: values.STORAGE_API_VERSION },
    sql: sqlOf(values),
    sqlRestore: sqlRestoreOf(values),
    drillSql: drillSqlOf(values),
    fileShare: fileShareOf(values),
    fileShareMaxMbps: values.FILE_SHARE_MAX_MBPS,
    restore: restoreOf(values),
    secrets: secretsOf(values),
    serve: { apiKey: values.SERVE_API_KEY, tls: tlsOf(values) },
    notify: { webhookUrl: values.NOTIFY_WEBHOOK_URL },
    drill: {
      schedule: values.DRILL_SCHEDULE === 'off' ? undefined : values.DRILL_SCHEDULE,
      share: values.DRILL_SAMPLE_PERCENT / 100,
      scratchDirectory: values.DRILL_SCRATCH_DIRECTORY,
    },
  });
}

function accountOf(values: SettingValues): StorageAccount {
  const {
    BACKUP_STORAGE_CONNECTION_STRING: connectionString,
    BACKUP_STORAGE_URL: accountUrl = '',
    BACKUP_STORAGE_SAS: sas,
  } = values;
  if (connectionString !== undefined) return { connectionString };
  return sas === undefined ? { accountUrl } : { accountUrl, sas };
}

function sqlOf(values: SettingValues): SqlConfig | undefined {
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

function sqlRestoreOf(values: SettingValues): SqlRestoreConfig | undefined {
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

function drillSqlOf(values: SettingValues): DrillSqlConfig | undefined {
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

function fileShareOf(values: SettingValues): FileShareConfig | undefined {
  const { FILE_SHARE_PATH: path, FILE_SHARE_EXCLUDE: exclude, FILE_SHARE_WIDTH: width } = values;
  return path === undefined ? undefined : { path, exclude, width };
}

function restoreOf({ RESTORE_DIRECTORY: directory, FILE_SHARE_WIDTH: width }: SettingValues): Config['restore'] {
  return directory === undefined ? undefined : { directory, width };
}

function secretsOf(values: SettingValues): SecretsConfig | undefined {
  if (values.KEY_VAULT_URL === undefined) return undefined;
  return {
    vaultUrl: values.KEY_VAULT_URL,
    vaultApiVersion: values.KEY_VAULT_API_VERSION,
    verifyChallenge: values.KEY_VAULT_VERIFY_CHALLENGE,
    dropFile: values.SYSTEM_SECRETS_PATH,
    wipe: values.SYSTEM_SECRETS_WIPE,
    maxAgeDays: values.SYSTEM_SECRETS_MAX_AGE_DAYS,
    rotationWatch: rotationWatchOf(values),
  };
}

function rotationWatchOf(values: SettingValues): SecretsConfig['rotationWatch'] {
  const { APP_SERVICE_ADMIN_URL: url, APP_SERVICE_ADMIN_AUDIENCE: audience } = values;
  return url === undefined || audience === undefined ? undefined : { url, audience };
}

function tlsOf({ SERVE_TLS_CERT: certFile, SERVE_TLS_KEY: keyFile }: SettingValues): Config['serve']['tls'] {
  return certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile };
}

function distinct<T>(items: readonly T[]): readonly T[] {
  return [...new Set(items)];
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
