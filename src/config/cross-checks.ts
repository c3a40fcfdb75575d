import { components, type Component } from '../contracts/components';
import { isOfPublicAzure } from '../contracts/azure-clouds';
import type { HostFacts } from './host-facts';
import type { SettingName } from './schema';
import type { DropPlace } from './setting-types';

/** What the rules between settings look at: which are written at all, and the components asked for. */
export interface Written {
  has(name: SettingName): boolean;
  readonly components: readonly Component[];
  /** SQL_BACKUP_MODE. */
  readonly backupMode: 'disk' | 'url' | undefined;
  /** BACKUP_CONTAINER. */
  readonly container: string;
  /** SYSTEM_SECRETS_PATH. */
  readonly dropFile: DropPlace | undefined;
  /** BACKUP_STORAGE_URL. */
  readonly storageUrl: string | undefined;
  readonly serverless: HostFacts['serverless'];
  /** SQL_BACKUP_DIRECTORY_LOCAL is an smb:// URL. */
  readonly stagingIsRemote: boolean;
  /** FILE_SHARE_REQUIRE_ENCRYPTION. */
  readonly requiresEncryption: boolean;
  /** Directories that are backed up, or that others read. */
  readonly openDirectories: Readonly<Partial<Record<SettingName, string | undefined>>>;
}

/** Settings that backing a component up cannot do without. */
export const requiredBy: Readonly<Record<Component, readonly SettingName[]>> = {
  databases: ['SQL_SERVERS', 'SQL_USER', 'SQL_PASSWORD', 'SQL_BACKUP_DIRECTORY'],
  fileshare: ['FILE_SHARE_PATH', 'FILE_SHARE_USER', 'FILE_SHARE_PASSWORD'],
  secrets: ['KEY_VAULT_URL'],
};

export function checkStorage({ has, storageUrl }: Written): string[] {
  const byString = has('BACKUP_STORAGE_CONNECTION_STRING');
  const byUrl = has('BACKUP_STORAGE_URL');
  const problems: string[] = [];
  if (byString && byUrl) problems.push('BACKUP_STORAGE_URL: is set beside BACKUP_STORAGE_CONNECTION_STRING; keep one of the two');
  if (!byString && !byUrl) {
    problems.push(
      'BACKUP_STORAGE_CONNECTION_STRING: is not set; set it, or BACKUP_STORAGE_URL, to say where recovery points are kept',
    );
  }
  if (has('BACKUP_STORAGE_SAS') && !byUrl)
    problems.push('BACKUP_STORAGE_SAS: signs BACKUP_STORAGE_URL, which is not set; set that too');
  const isOnStamp = has('AZURE_STACK_ARM_ENDPOINT') && storageUrl !== undefined && !isOfPublicAzure(storageUrl);
  if (isOnStamp && !byString && !has('BACKUP_STORAGE_SAS')) {
    problems.push(
      'BACKUP_STORAGE_SAS: is not set, and storage of Azure Stack Hub takes no identity; set it, or BACKUP_STORAGE_CONNECTION_STRING instead of BACKUP_STORAGE_URL (an account of Azure is named by its own blob endpoint, not by a domain of yours)',
    );
  }
  return problems;
}

export function checkSources(written: Written): string[] {
  return components
    .filter((component) => written.components.includes(component))
    .flatMap((component) =>
      requiredBy[component]
        .filter((name) => !written.has(name) && !isNeedless(name, written))
        .map((name) => missing(name, component)),
    );
}

/** True also for what such a host has no use for: checkHost says so. */
function isNeedless(name: SettingName, { has, backupMode, serverless, stagingIsRemote }: Written): boolean {
  if (name === 'SQL_BACKUP_DIRECTORY') return backupMode === 'url' || (serverless !== undefined && !stagingIsRemote);
  if (name === 'FILE_SHARE_PATH') return has('FILE_SHARE_SMB_URL') || serverless !== undefined;
  return name.startsWith('FILE_SHARE_') && !has('FILE_SHARE_SMB_URL');
}

export function checkShare({ has, requiresEncryption, stagingIsRemote }: Written): string[] {
  const problems: string[] = [];
  if (has('FILE_SHARE_PATH') && has('FILE_SHARE_SMB_URL'))
    problems.push('FILE_SHARE_SMB_URL: is set beside FILE_SHARE_PATH; keep one of the two');
  if (requiresEncryption && !has('FILE_SHARE_SMB_URL') && !stagingIsRemote) {
    problems.push(
      'FILE_SHARE_REQUIRE_ENCRYPTION: is true, and nothing is read by an smb:// URL; a mount is encrypted by the mount (cifs: seal), so leave it out, or set FILE_SHARE_SMB_URL instead of FILE_SHARE_PATH',
    );
  }
  return problems;
}

/** An smb:// URL is read by an account, and never written to. */
export function checkStaging({ has, components: asked, backupMode, stagingIsRemote }: Written): string[] {
  if (!asked.includes('databases') || backupMode !== 'disk' || !stagingIsRemote) return [];
  const problems: string[] = [];
  const [user, password] = ['SQL_BACKUP_DIRECTORY_USER', 'SQL_BACKUP_DIRECTORY_PASSWORD'] as const;
  const ofShare = ['FILE_SHARE_USER', 'FILE_SHARE_PASSWORD'] as const;
  const isShareChecked = asked.includes('fileshare') && has('FILE_SHARE_SMB_URL');
  if (has(user) !== has(password)) {
    const [set, unset] = has(user) ? [user, password] : [password, user];
    problems.push(`${unset}: is not set but ${set} is; set both, or none for those of the share`);
  } else if (!has(user) && !ofShare.every(has) && !isShareChecked) {
    problems.push(
      `${user}: is not set, and SQL_BACKUP_DIRECTORY_LOCAL is an smb:// URL; set it and ${password}, or ${ofShare.join(' and ')}`,
    );
  }
  if (has('DRILL_SQL_SERVER') && !has('DRILL_SQL_BACKUP_DIRECTORY') && !has('DRILL_SQL_BACKUP_DIRECTORY_LOCAL')) {
    problems.push(
      'DRILL_SQL_SERVER: is handed backups through a directory that Hubkeep writes to, and SQL_BACKUP_DIRECTORY_LOCAL is an smb:// URL, which is only read; set DRILL_SQL_BACKUP_DIRECTORY and DRILL_SQL_BACKUP_DIRECTORY_LOCAL to a directory that is mounted here, or SQL_BACKUP_MODE to url',
    );
  }
  return problems;
}

const besideTheStamp = 'see docs/hosting.md for a host beside the stamp that can';

/** A plan without drives of its own would find neither the share nor the staging directory, night after night. */
export function checkHost({ has, serverless, components: asked, backupMode, stagingIsRemote }: Written): string[] {
  if (serverless === undefined) return [];
  const problems: string[] = [];
  if (asked.includes('fileshare') && !has('FILE_SHARE_SMB_URL')) {
    problems.push(
      `BACKUP_COMPONENTS: lists fileshare, but a ${serverless} plan cannot mount the share; set FILE_SHARE_SMB_URL, or take it out, and ${besideTheStamp}`,
    );
  }
  if (!asked.includes('databases')) return problems;
  if (serverless === 'Consumption') {
    problems.push(
      `BACKUP_COMPONENTS: lists databases, but a Consumption plan ends every function after ten minutes, in the midst of a backup; use another plan, or ${besideTheStamp}`,
    );
  } else if (backupMode === 'disk' && !stagingIsRemote) {
    problems.push(
      `SQL_BACKUP_MODE: is disk, but a ${serverless} plan cannot mount the staging directory; set SQL_BACKUP_DIRECTORY_LOCAL to an smb:// URL, or this to url, or ${besideTheStamp}`,
    );
  }
  return problems;
}

/** What SQL Server writes to by itself has the name of the container and this. */
export const backupContainerSuffix = '-sql';
export const longestContainerName = 63;

export function checkBackupMode({ has, components: asked, backupMode, container }: Written): string[] {
  if (backupMode !== 'url' || !asked.includes('databases')) return [];
  const problems: string[] = [];
  if (has('BACKUP_STORAGE_SAS')) {
    problems.push(
      'SQL_BACKUP_MODE: is url, for which SQL Server is given a signature of its own, and BACKUP_STORAGE_SAS cannot make one; use an account key or an identity, or set it to disk',
    );
  }
  if (container.length + backupContainerSuffix.length > longestContainerName) {
    problems.push(
      `BACKUP_CONTAINER: is too long for SQL_BACKUP_MODE=url, which adds ${backupContainerSuffix}; ${longestContainerName - backupContainerSuffix.length} characters are left`,
    );
  }
  return problems;
}

export function checkDropFile({ container, dropFile, openDirectories }: Written): string[] {
  if (dropFile === undefined) return [];
  if ('path' in dropFile) return checkDropPath(dropFile.path, openDirectories);
  if (![container, container + backupContainerSuffix].includes(dropFile.container)) return [];
  return [
    `SYSTEM_SECRETS_PATH: names ${dropFile.container}, which holds backups; use a container of its own, such as ${container}-drop`,
  ];
}

function missing(name: SettingName, component: Component): string {
  return `${name}: is not set and ${component} cannot be backed up without it; set it, or take ${component} out of BACKUP_COMPONENTS`;
}

export function checkRotationWatch({ has }: Written): string[] {
  const isKnown = has('APP_SERVICE_ADMIN_AUDIENCE') || has('AZURE_STACK_ARM_ENDPOINT');
  return has('APP_SERVICE_ADMIN_URL') && !isKnown
    ? [
        'APP_SERVICE_ADMIN_AUDIENCE: is not set but APP_SERVICE_ADMIN_URL is; set it, or AZURE_STACK_ARM_ENDPOINT to have it asked for',
      ]
    : [];
}

export function checkServe({ has }: Written): string[] {
  const [one, other] = has('SERVE_TLS_CERT')
    ? (['SERVE_TLS_CERT', 'SERVE_TLS_KEY'] as const)
    : (['SERVE_TLS_KEY', 'SERVE_TLS_CERT'] as const);
  return has(one) && !has(other) ? [`${other}: is not set but ${one} is; set both or none`] : [];
}

/** Secrets in the share would be copied to the store with it, in plain text. */
function checkDropPath(path: string, openDirectories: Written['openDirectories']): string[] {
  const plain = (text: string) => `${text.replaceAll('\\', '/').replace(/\/+$/, '').toLowerCase()}/`;
  return Object.entries(openDirectories)
    .filter(([, directory]) => directory !== undefined && plain(path).startsWith(plain(directory)))
    .map(([name]) => `SYSTEM_SECRETS_PATH: lies in ${name}, where secrets must not be left; use a directory of its own`);
}
