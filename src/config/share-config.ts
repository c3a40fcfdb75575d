/** How directories of other machines are reached: the tenant file share, and SQL Server's staging directory. */
import type { SettingValues } from './schema';
import type { SmbPlace } from './setting-types';

/** Read from a file server without a mount. */
export interface SmbSource extends SmbPlace {
  readonly user: string;
  /** Empty for `user@domain`, and for an account of the file server itself. */
  readonly domain: string;
  readonly password: string;
  readonly requireEncryption: boolean;
}

export type SharePlace = { readonly kind: 'path'; readonly path: string } | ({ readonly kind: 'smb' } & SmbSource);

export interface FileShareConfig {
  readonly place: SharePlace;
  /** Globs over paths to leave out. */
  readonly exclude: readonly string[];
  /** How many activities copy it at once. */
  readonly width: number;
}

export function fileShareOf(values: SettingValues): FileShareConfig | undefined {
  const place = placeOf(values);
  return place === undefined ? undefined : { place, exclude: values.FILE_SHARE_EXCLUDE, width: values.FILE_SHARE_WIDTH };
}

function placeOf(values: SettingValues): SharePlace | undefined {
  const { FILE_SHARE_PATH: path, FILE_SHARE_SMB_URL: place, FILE_SHARE_USER: user, FILE_SHARE_PASSWORD: password } = values;
  if (path !== undefined) return { kind: 'path', path };
  return place && smbPlaceOf(place, { user, password }, values);
}

/** SQL_BACKUP_DIRECTORY_LOCAL, or SQL_BACKUP_DIRECTORY where Hubkeep sees the same. Its account is that of the share unless it has its own. */
export function stagingPlaceOf(values: SettingValues): SharePlace | undefined {
  const place = values.SQL_BACKUP_DIRECTORY_LOCAL ?? values.SQL_BACKUP_DIRECTORY;
  if (place === undefined) return undefined;
  if (typeof place === 'string') return { kind: 'path', path: place };
  const { SQL_BACKUP_DIRECTORY_USER: user, SQL_BACKUP_DIRECTORY_PASSWORD: password } = values;
  const ofShare = { user: values.FILE_SHARE_USER, password: values.FILE_SHARE_PASSWORD };
  return smbPlaceOf(place, user === undefined ? ofShare : { user, password }, values);
}

interface Account {
  readonly user: string | undefined;
  readonly password: string | undefined;
}

function smbPlaceOf(place: SmbPlace, { user, password }: Account, values: SettingValues): SharePlace | undefined {
  if (user === undefined || password === undefined) return undefined;
  return { kind: 'smb', ...place, ...nameOf(user), password, requireEncryption: values.FILE_SHARE_REQUIRE_ENCRYPTION };
}

/** `DOMAIN\user`, `user@domain`, or `user`. */
function nameOf(written: string): { readonly user: string; readonly domain: string } {
  const [domain = '', user] = written.split('\\', 2);
  return user === undefined ? { user: domain, domain: '' } : { user, domain };
}
