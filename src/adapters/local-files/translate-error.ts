import { sep } from 'node:path';
import type { ErrorCode } from '../../contracts/error-codes';
import { shownPath, type SharePath } from '../../contracts/share-path';
import { goneShare } from '../../errors/gone-share';
import { HubkeepError } from '../../errors/hubkeep-error';

const codes: Readonly<Record<string, ErrorCode>> = {
  ENOENT: 'share.vanished',
  ENOTDIR: 'share.vanished',
  // The answer to opening or reading a link, a socket, a device or a directory in place of the file.
  ELOOP: 'share.vanished',
  EISDIR: 'share.vanished',
  ENXIO: 'share.vanished',
  EACCES: 'share.denied',
  EPERM: 'share.denied',
  EBUSY: 'share.locked',
  ETXTBSY: 'share.locked',
  // A lease or mandatory lock of somebody else, where waiting for it was declined.
  EAGAIN: 'share.locked',
  // The way to the server: whatever was asked for, nothing else on the share would answer either.
  ENOTCONN: 'share.gone',
  EHOSTDOWN: 'share.gone',
  EHOSTUNREACH: 'share.gone',
  ENETDOWN: 'share.gone',
  ENETUNREACH: 'share.gone',
  ENETRESET: 'share.gone',
  ETIMEDOUT: 'share.gone',
  ECONNABORTED: 'share.gone',
  ECONNREFUSED: 'share.gone',
  ECONNRESET: 'share.gone',
};

/** The one place that turns a file system error into ours; what is ours already stays as it is. */
export function translateFileError(error: unknown, path: SharePath): HubkeepError {
  if (error instanceof HubkeepError) return error;
  const name = nameOf(error);
  const code = codes[name] ?? 'share.unreadable';
  const what = texts[name] ?? describe(code);
  const message = `${shownPath(path)}: ${what}${name ? ` (${name})` : ''}`;
  return code === 'share.gone' ? goneShare(message, error) : new HubkeepError(code, message, { cause: error });
}

/** Why the root itself cannot be looked at: it is not there, or what should show it does not answer. */
export function translateRootError(error: unknown, root: string): HubkeepError {
  const { code } = translateFileError(error, '');
  if (code === 'share.gone' || code === 'share.unreadable')
    return goneShare(`FILE_SHARE_PATH ${root} does not answer${nameOf(error) ? ` (${nameOf(error)})` : ''}`, error);
  return missingRoot(root, error);
}

export function missingRoot(root: string, cause?: unknown): HubkeepError {
  return new HubkeepError('share.not-found', `FILE_SHARE_PATH ${root} is not a directory that can be read`, {
    hint:
      root.startsWith('\\\\') && sep === '/'
        ? 'Only Windows opens UNC paths: mount the share and name the mount point, or set FILE_SHARE_SMB_URL instead.'
        : 'Mount the share there, or set FILE_SHARE_PATH to the directory or UNC path of the WebSites share.',
    cause,
  });
}

function nameOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

/** What was listed under this path is something else by now. */
export function replacedEntry(path: SharePath): HubkeepError {
  return new HubkeepError('share.vanished', `${shownPath(path)}: ${replaced}`);
}

const replaced = 'is something else since it was listed';

const texts: Readonly<Record<string, string>> = {
  ELOOP: replaced,
  EISDIR: replaced,
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
    case 'share.gone':
      return 'the share does not answer';
    default:
      return 'cannot be read';
  }
}
