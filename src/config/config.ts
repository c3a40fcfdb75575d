import type { Component } from '../contracts/components';
import { distinct } from './distinct';
import type { HostFacts } from './host-facts';
import type { SettingValues } from './schema';
import { drillSqlOf, sqlOf, sqlRestoreOf, type DrillSqlConfig, type SqlConfig, type SqlRestoreConfig } from './sql-config';
import type { DropPlace } from './setting-types';
import { fileShareOf, type FileShareConfig } from './share-config';
import { stampOf, storageVersionOf, vaultProtocolOf, type StampConfig } from './stamp-config';

/** Where recovery points are kept. An account without signature is opened by identity. */
export type StorageAccount =
  { readonly connectionString: string } | { readonly accountUrl: string; readonly sas: string } | { readonly accountUrl: string };

export interface StorageConfig {
  readonly account: StorageAccount;
  readonly container: string;
  readonly apiVersion: string | undefined;
}

export interface IdentityConfig extends Pick<HostFacts, 'authorityHost' | 'tenantId'> {
  /** As the authority needs it when undefined. */
  readonly instanceDiscovery: boolean | undefined;
}

export interface RotationWatchConfig {
  readonly url: string;
  /** As the metadata of that admin ARM names it when undefined. */
  readonly audience: string | undefined;
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
  readonly rotationWatch: RotationWatchConfig | undefined;
}

/** Everything configured, read once at start and frozen. A part is undefined when its settings are not all set. */
export interface Config {
  readonly stampName: string;
  readonly components: readonly Component[];
  /** NCRONTAB, six fields, UTC. */
  readonly schedule: string;
  readonly extraCaFile: string | undefined;
  readonly identity: IdentityConfig;
  /** The stamp as a cloud of its own; undefined where it is not named. */
  readonly stamp: StampConfig | undefined;
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
export function toConfig(values: SettingValues, { authorityHost, tenantId }: HostFacts): Config {
  return deepFreeze({
    stampName: values.STAMP_NAME,
    components: distinct(values.BACKUP_COMPONENTS),
    schedule: values.BACKUP_SCHEDULE,
    extraCaFile: values.EXTRA_CA_FILE,
    identity: { instanceDiscovery: values.IDENTITY_INSTANCE_DISCOVERY, authorityHost, tenantId },
    stamp: stampOf(values),
    storage: { account: accountOf(values), container: values.BACKUP_CONTAINER, apiVersion: storageVersionOf(values) },
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
      schedule: drillScheduleOf(values),
      share: values.DRILL_SAMPLE_PERCENT / 100,
      scratchDirectory: values.DRILL_SCRATCH_DIRECTORY,
    },
  });
}

const usualDrillSchedule = '0 0 6 * * 0';

/** A drill that has nothing to restore on trial would fail each time. */
function drillScheduleOf(values: SettingValues): string | undefined {
  const { DRILL_SCHEDULE: written, BACKUP_COMPONENTS: components } = values;
  if (written !== undefined) return written === 'off' ? undefined : written;
  const hasShare = components.includes('fileshare') && fileShareOf(values) !== undefined;
  const hasDatabases = components.includes('databases') && drillSqlOf(values) !== undefined;
  return hasShare || hasDatabases ? usualDrillSchedule : undefined;
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

function restoreOf({ RESTORE_DIRECTORY: directory, FILE_SHARE_WIDTH: width }: SettingValues): Config['restore'] {
  return directory === undefined ? undefined : { directory, width };
}

function secretsOf(values: SettingValues): SecretsConfig | undefined {
  if (values.KEY_VAULT_URL === undefined) return undefined;
  return {
    vaultUrl: values.KEY_VAULT_URL,
    ...vaultProtocolOf(values),
    dropFile: values.SYSTEM_SECRETS_PATH,
    wipe: values.SYSTEM_SECRETS_WIPE,
    maxAgeDays: values.SYSTEM_SECRETS_MAX_AGE_DAYS,
    rotationWatch: rotationWatchOf(values),
  };
}

function rotationWatchOf(values: SettingValues): SecretsConfig['rotationWatch'] {
  const { APP_SERVICE_ADMIN_URL: url, APP_SERVICE_ADMIN_AUDIENCE: audience } = values;
  return url === undefined ? undefined : { url, audience };
}

function tlsOf({ SERVE_TLS_CERT: certFile, SERVE_TLS_KEY: keyFile }: SettingValues): Config['serve']['tls'] {
  return certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
