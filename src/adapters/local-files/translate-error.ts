import type { ErrorCode } from '../../contracts/error-codes';
import { printablePath, type SharePath } from '../../contracts/share-path';
import { HubkeepError } from '../../errors/hubkeep-error';

const codes: Readonly<Record<string, ErrorCode>> = {
  ENOENT: 'share.vanished',
  ENOTDIR: 'share.vanished',
  EACCES: 'share.denied',
  EPERM: 'share.denied',
  EBUSY: 'share.locked',
  ETXTBSY: 'share.locked',
};

/** The one place that turns a file system error into ours. */
export function translateFileError(error: unknown, path: SharePath): HubkeepError {
  const name = error instanceof Error && 'code' in error ? String(error.code) : '';
  const code = codes[name] ?? 'share.unreadable';
  return new HubkeepError(code, `${printablePath(path)}: ${describe(code)}${name ? ` (${name})` : ''}`, { cause: error });
}

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
