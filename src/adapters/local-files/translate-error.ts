import type { ErrorCode } from '../../contracts/error-codes';
import { printablePath, type SharePath } from '../../contracts/share-path';
import { HubkeepError } from '../../errors/hubkeep-error';

const codes: Readonly<Record<string, ErrorCode>> = {
  ENOENT: 'share.vanished',
  ENOTDIR: 'share.vanished',
  // What an open answers to a link, a socket or a device in place of the file.
  ELOOP: 'share.vanished',
  ENXIO: 'share.vanished',
  EACCES: 'share.denied',
  EPERM: 'share.denied',
  EBUSY: 'share.locked',
  ETXTBSY: 'share.locked',
  // A lease or mandatory lock of somebody else, where waiting for it was declined.
  EAGAIN: 'share.locked',
};

/** The one place that turns a file system error into ours. */
export function translateFileError(error: unknown, path: SharePath): HubkeepError {
  const name = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const code = codes[name] ?? 'share.unreadable';
  const what = texts[name] ?? describe(code);
  return new HubkeepError(code, `${printablePath(path)}: ${what}${name ? ` (${name})` : ''}`, { cause: error });
}

/** What was listed under this path is something else by now. */
export function replacedEntry(path: SharePath): HubkeepError {
  return new HubkeepError('share.vanished', `${printablePath(path)}: ${replaced}`);
}

const replaced = 'is something else since it was listed';

const texts: Readonly<Record<string, string>> = {
  ELOOP: replaced,
  ENXIO: replaced,
  ENAMETOOLONG: 'its path is too long for this system',
};

function describe(code: ErrorCode): string {
  switch (code) {
    case 'share.vanished':
      return 'is gone since it was listed';
    case 'share.denied':
      return 'access is denied';
    case 'share.locked':
      return 'is locked by another process';
    default:
      return 'cannot be read';
  }
}
