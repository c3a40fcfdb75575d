/** A directory of a file server that is read without a mount. */
import type { SettingValues } from './schema';
import type { SmbPlace } from './setting-types';

export interface SmbSource extends SmbPlace {
  readonly user: string;
  /** Empty for `user@domain`, and for an account of the file server itself. */
  readonly domain: string;
  readonly password: string;
  readonly requireEncryption: boolean;
}

/** Where a directory of another machine is: a path of this one, or a file server. */
export type Place = { readonly kind: 'path'; readonly path: string } | ({ readonly kind: 'smb' } & SmbSource);

export interface SmbAccount {
  readonly user: string | undefined;
  readonly password: string | undefined;
}

export function smbPlaceOf(place: SmbPlace, { user, password }: SmbAccount, values: SettingValues): Place | undefined {
  if (user === undefined || password === undefined) return undefined;
  return { kind: 'smb', ...place, ...nameOf(user), password, requireEncryption: values.FILE_SHARE_REQUIRE_ENCRYPTION };
}

/** `DOMAIN\user`, `user@domain`, or `user`. */
function nameOf(written: string): { readonly user: string; readonly domain: string } {
  const [domain = '', user] = written.split('\\', 2);
  return user === undefined ? { user: domain, domain: '' } : { user, domain };
}
