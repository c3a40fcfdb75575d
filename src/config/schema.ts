import * as z from 'zod';
import { components } from '../contracts/components';
import { excludeGlobs } from './exclude-globs';
import {
  absolutePath,
  armEndpoint,
  dropPlace,
  flag,
  listOf,
  pathOrSmbUrl,
  pattern,
  sharePath,
  positiveNumber,
  schedule,
  scheduleOrOff,
  smbUrl,
  secureUrl,
  serviceUrl,
  storageVersion,
  text,
  wholeNumber,
  type SettingType,
} from './setting-types';

export interface Setting<T> {
  /** One line for the operator. */
  readonly doc: string;
  readonly type: SettingType<T>;
  /** As it would be written. */
  readonly fallback?: string;
  /** Its value never appears in a message, a log or an answer. */
  readonly secret: boolean;
}

interface Preset<T> extends Setting<T> {
  readonly fallback: string;
}

function optional<T>(doc: string, type: SettingType<T>): Setting<T> {
  return { doc, type, secret: false };
}

function secret<T>(doc: string, type: SettingType<T>): Setting<T> {
  return { doc, type, secret: true };
}

function preset<T>(fallback: string, doc: string, type: SettingType<T>): Preset<T> {
  return { doc, type, fallback, secret: false };
}

const component = z.enum(components, { error: `must list some of ${components.join(', ')}, separated by commas` });
const containerName = pattern(
  /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/,
  'must have 3 to 63 lower-case letters, digits and single hyphens between them',
);
const serverAddress = /^(?!\d+$)[\w.-]+(\\[\w$#]+)?(:\d{1,5})?$/;
const serverName = pattern(
  serverAddress,
  'must list host, host:port or host\\instance, separated by commas (the port follows a colon, not a comma)',
);
const oneServer = pattern(serverAddress, 'must be one host, host:port or host\\instance');
const databaseName = pattern(/^[^\p{Cc}]{1,128}$/u, 'must list database names of at most 128 characters');
const vaultVersion = pattern(/^(\d+\.\d+|\d{4}-\d{2}-\d{2})(-preview(\.\d+)?)?$/, 'must be a version such as 7.1 or 2025-07-01');
const vaultUrl = serviceUrl.refine((url) => url.startsWith('https:'), 'must start with https://');
const appServiceAdminUrl = secureUrl
  .refine((url) => url.startsWith('https:'), 'must start with https://')
  .refine(
    (url) => /^[^?#]+\/providers\/Microsoft\.Web\.Admin\/locations\/[^/?#]+\/?$/i.test(url),
    'must end with /providers/Microsoft.Web.Admin/locations/ and the region',
  )
  .transform((url) => url.replace(/\/$/, ''));
const tokenAudience = pattern(
  /^(?!.*\/\.default$)[\x21-\x7e]+$/,
  'must be the audience alone, without spaces and without /.default',
);
const stampName = pattern(
  /^[A-Za-z0-9][A-Za-z0-9-]{0,39}$/,
  'must have at most 40 letters, digits and hyphens, beginning with a letter or digit',
);
const shareUser = pattern(/^([^\\@\p{Cc}]+\\[^\\@\p{Cc}]+|[^\\\p{Cc}]+)$/u, 'must be DOMAIN\\user or user@domain');
const apiKey = pattern(/^[\x21-\x7e]{16,}$/, 'must have at least 16 printable characters without spaces');

/** Every setting there is. Names are those of environment variables; a name enters with the code that reads it. */
export const settings = {
  STAMP_NAME: preset('stamp', 'Name of this stamp; the names of its secrets in the vault begin with it.', stampName),
  EXTRA_CA_FILE: optional('PEM file with certificate authorities to trust beside the usual ones.', absolutePath),
  AZURE_STACK_ARM_ENDPOINT: optional(
    'ARM endpoint of the stamp: its storage, vaults and sign-in are then spoken to as Azure Stack Hub needs it.',
    armEndpoint,
  ),
  IDENTITY_INSTANCE_DISCOVERY: optional(
    'false skips the look-up of the authority in public Azure; true but for AD FS when unset.',
    flag,
  ),

  BACKUP_SCHEDULE: preset('0 0 2 * * *', 'When the nightly run starts: NCRONTAB with seconds, in UTC.', schedule),
  BACKUP_COMPONENTS: preset(components.join(','), 'What a run backs up: databases, fileshare, secrets.', listOf(component)),
  BACKUP_CONTAINER: preset('hubkeep', 'Blob container that holds the recovery points.', containerName),
  BACKUP_STORAGE_URL: optional('Blob endpoint of the storage account; instead of a connection string.', serviceUrl),
  BACKUP_STORAGE_CONNECTION_STRING: secret('Connection string of the storage account; instead of a URL.', text),
  BACKUP_STORAGE_SAS: secret('Shared access signature for BACKUP_STORAGE_URL; without it, the host signs in by identity.', text),
  STORAGE_API_VERSION: optional('Blob service version to speak; 2019-07-07 with AZURE_STACK_ARM_ENDPOINT.', storageVersion),

  SQL_SERVERS: optional('SQL Servers of the stamp, or the listener of their availability group.', listOf(serverName)),
  SQL_USER: optional('SQL login that may back up the databases.', text),
  SQL_PASSWORD: secret('Password of SQL_USER.', text),
  SQL_ENCRYPT: preset('true', 'Encrypts the connection to SQL Server.', flag),
  SQL_TRUST_SERVER_CERTIFICATE: preset('false', 'true accepts any certificate of SQL Server; prefer EXTRA_CA_FILE.', flag),
  SQL_DATABASES: preset('appservice_hosting,appservice_metering,master', 'Databases to back up.', listOf(databaseName)),
  SQL_BACKUP_MODE: preset(
    'disk',
    'disk: through files in SQL_BACKUP_DIRECTORY; url: SQL Server writes to {BACKUP_CONTAINER}-sql by itself.',
    z.enum(['disk', 'url'], { error: 'must be disk or url' }),
  ),
  SQL_BACKUP_DIRECTORY: optional('Where SQL Server writes its backups, as SQL Server sees it; may hold {server}.', absolutePath),
  SQL_BACKUP_DIRECTORY_LOCAL: optional(
    'The same as Hubkeep sees it, when that differs: a path, or smb://host/share[/path]; may hold {server}.',
    pathOrSmbUrl,
  ),
  SQL_BACKUP_DIRECTORY_USER: optional(
    'Account that reads an smb:// URL in SQL_BACKUP_DIRECTORY_LOCAL; FILE_SHARE_USER unless set.',
    shareUser,
  ),
  SQL_BACKUP_DIRECTORY_PASSWORD: secret('Password of SQL_BACKUP_DIRECTORY_USER.', text),
  SQL_BACKUP_STRIPES: optional(
    'How many files a backup is dealt to; by the size of the database when unset.',
    wholeNumber(1, 64),
  ),
  SQL_BACKUP_STALL_MINUTES: preset(
    '30',
    'Minutes without progress after which a backup is stopped and tried again.',
    wholeNumber(1, 1440),
  ),
  SQL_BACKUP_TIMEOUT_HOURS: preset(
    '24',
    'Hours after which a backup is stopped for good, and its verification likewise.',
    wholeNumber(1, 168),
  ),
  DRILL_SQL_SERVER: optional(
    'SQL Server on which drills restore the databases, check them and drop them again; a scratch server.',
    oneServer,
  ),
  DRILL_SQL_BACKUP_DIRECTORY: optional(
    'Where that server reads backups, as it sees it; SQL_BACKUP_DIRECTORY unless set; may hold {server}.',
    absolutePath,
  ),
  DRILL_SQL_BACKUP_DIRECTORY_LOCAL: optional(
    'The same directory as Hubkeep sees it, when that differs; may hold {server}.',
    absolutePath,
  ),

  FILE_SHARE_PATH: optional('The tenant file share as Hubkeep sees it: a mounted path or UNC.', sharePath),
  FILE_SHARE_SMB_URL: optional(
    'The tenant file share as a file server has it, smb://host/share[/path]: read without a mount.',
    smbUrl,
  ),
  FILE_SHARE_USER: optional('Account that reads smb:// URLs: DOMAIN\\user or user@domain.', shareUser),
  FILE_SHARE_PASSWORD: secret('Password of FILE_SHARE_USER.', text),
  FILE_SHARE_REQUIRE_ENCRYPTION: preset('false', 'true refuses file servers of smb:// URLs that cannot encrypt.', flag),
  FILE_SHARE_EXCLUDE: preset('', 'Globs over paths of the share to leave out, separated by commas; case counts.', excludeGlobs),
  FILE_SHARE_WIDTH: preset(
    '1',
    'How many parts of the share are copied at once; more than 1 pays off on several hosts.',
    wholeNumber(1, 64),
  ),
  FILE_SHARE_MAX_MBPS: optional(
    'Megabytes per second that the content of the share travels at most, to the store and back; no limit when unset.',
    positiveNumber,
  ),

  RESTORE_DIRECTORY: optional(
    'Directory that restores asked for over HTTP write below; without it there are none.',
    absolutePath,
  ),

  KEY_VAULT_URL: optional('Key Vault that keeps SystemSecrets.JSON.', vaultUrl),
  KEY_VAULT_API_VERSION: optional('Key Vault version to speak; 7.1 with AZURE_STACK_ARM_ENDPOINT.', vaultVersion),
  KEY_VAULT_VERIFY_CHALLENGE: optional(
    'false for vaults of Azure Stack Hub, whose tokens are for another host; follows AZURE_STACK_ARM_ENDPOINT when unset.',
    flag,
  ),
  SYSTEM_SECRETS_PATH: optional(
    'Where SystemSecrets.JSON is picked up from: a path, or blob:CONTAINER/NAME in the storage account of the backups.',
    dropPlace,
  ),
  SYSTEM_SECRETS_WIPE: preset('false', 'true removes SystemSecrets.JSON from there once the vault holds it.', flag),
  SYSTEM_SECRETS_MAX_AGE_DAYS: preset('90', 'Days after which stored secrets are reported as old.', wholeNumber(1, 3650)),
  APP_SERVICE_ADMIN_URL: optional(
    'Unofficial admin API of App Service, up to /locations/REGION: asked in each run whether secrets were rotated.',
    appServiceAdminUrl,
  ),
  APP_SERVICE_ADMIN_AUDIENCE: optional(
    'Audience of tokens for APP_SERVICE_ADMIN_URL; asked of its ARM with AZURE_STACK_ARM_ENDPOINT.',
    tokenAudience,
  ),

  SERVE_API_KEY: secret('Key that callers of `hubkeep serve` must send.', apiKey),
  SERVE_TLS_CERT: optional('PEM file with the certificate of `hubkeep serve`.', absolutePath),
  SERVE_TLS_KEY: optional('PEM file with the private key of SERVE_TLS_CERT.', absolutePath),
  DRILL_SCHEDULE: optional(
    'When a drill starts: NCRONTAB with seconds, in UTC; off for none. Sundays at six when unset, if it can restore anything.',
    scheduleOrOff,
  ),
  DRILL_SAMPLE_PERCENT: preset(
    '5',
    'Of the stored bytes, how many percent a drill reads; another part each time.',
    wholeNumber(1, 100),
  ),
  DRILL_SCRATCH_DIRECTORY: optional(
    'Where a drill restores a part of the share to compare it; the temporary directory when unset.',
    absolutePath,
  ),

  NOTIFY_WEBHOOK_URL: secret('Where the outcome of each run is posted.', secureUrl),
} satisfies Record<string, Setting<unknown>>;

export type SettingName = keyof typeof settings;

type ValueOf<S> = S extends Preset<infer T> ? T : S extends Setting<infer T> ? T | undefined : never;

/** What the settings read as; undefined where one is unset and has no default. */
export type SettingValues = { readonly [Name in SettingName]: ValueOf<(typeof settings)[Name]> };

export const settingNames = Object.keys(settings) as SettingName[];

/** Settings of the Functions host and its SDKs that belong beside ours but are not read by us. */
export const hostSettings = ['AzureWebJobsStorage', 'FUNCTIONS_WORKER_RUNTIME', 'UV_THREADPOOL_SIZE'] as const;
