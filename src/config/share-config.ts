/** How the tenant file share is reached. */
import type { SettingValues } from './schema';
import type { SmbPlace } from './setting-types';

export type SharePlace =
  | { readonly kind: 'path'; readonly path: string }
  | ({
      readonly kind: 'smb';
      readonly user: string;
      /** Empty for `user@domain`, and for an account of the file server itself. */
      readonly domain: string;
      readonly password: string;
      readonly requireEncryption: boolean;
    } & SmbPlace);

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
  if (place === undefined || user === undefined || password === undefined) return undefined;
  return { kind: 'smb', ...place, ...accountOf(user), password, requireEncryption: values.FILE_SHARE_REQUIRE_ENCRYPTION };
}

/** `DOMAIN\user`, `user@domain`, or `user`. */
function accountOf(written: string): { readonly user: string; readonly domain: string } {
  const [domain = '', user] = written.split('\\', 2);
  return user === undefined ? { user: domain, domain: '' } : { user, domain };
}
