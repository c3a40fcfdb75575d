/** How the tenant file share is reached. */
import type { SettingValues } from './schema';
import { smbPlaceOf, type Place } from './smb-source';

export interface FileShareConfig {
  readonly place: Place;
  /** Globs over paths to leave out. */
  readonly exclude: readonly string[];
  /** How many activities copy it at once. */
  readonly width: number;
}

export function fileShareOf(values: SettingValues): FileShareConfig | undefined {
  const place = placeOf(values);
  return place === undefined ? undefined : { place, exclude: values.FILE_SHARE_EXCLUDE, width: values.FILE_SHARE_WIDTH };
}

function placeOf(values: SettingValues): Place | undefined {
  const { FILE_SHARE_PATH: path, FILE_SHARE_SMB_URL: place, FILE_SHARE_USER: user, FILE_SHARE_PASSWORD: password } = values;
  if (path !== undefined) return { kind: 'path', path };
  return place && smbPlaceOf(place, { user, password }, values);
}
