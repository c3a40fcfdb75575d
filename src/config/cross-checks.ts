import { components, type Component } from '../contracts/components';
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
  /** Directories that are backed up, or that others read. */
  readonly openDirectories: Readonly<Partial<Record<SettingName, string | undefined>>>;
}

/** Settings that backing a component up cannot do without. */
export const requiredBy: Readonly<Record<Component, readonly SettingName[]>> = {
  databases: ['SQL_SERVERS', 'SQL_USER', 'SQL_PASSWORD', 'SQL_BACKUP_DIRECTORY'],
  fileshare: ['FILE_SHARE_PATH'],
  secrets: ['KEY_VAULT_URL'],
};

export function checkStorage({ has }: Written): string[] {
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

function isNeedless(name: SettingName, { backupMode }: Written): boolean {
  return name === 'SQL_BACKUP_DIRECTORY' && backupMode === 'url';
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
  return has('APP_SERVICE_ADMIN_URL') && !has('APP_SERVICE_ADMIN_AUDIENCE')
    ? ['APP_SERVICE_ADMIN_AUDIENCE: is not set but APP_SERVICE_ADMIN_URL is; set both or none']
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
