import type { ErrorCode } from '../../contracts/error-codes';
import { shownPath, type SharePath } from '../../contracts/share-path';
import { goneShare } from '../../errors/gone-share';
import { HubkeepError } from '../../errors/hubkeep-error';
import { messageOf } from '../../errors/message-of';
import { isSmbError, type SmbErrorKind } from '../smb';

/** What is wrong with one entry; everything else is about the share, and no entry of it would answer. */
const ofEntry: Partial<Record<SmbErrorKind, { readonly code: ErrorCode; readonly what: string }>> = {
  'not-found': { code: 'share.vanished', what: 'is gone since it was listed' },
  'not-a-file': { code: 'share.vanished', what: 'is something else since it was listed' },
  'not-a-directory': { code: 'share.vanished', what: 'is something else since it was listed' },
  reparse: { code: 'share.vanished', what: 'is something else since it was listed' },
  denied: { code: 'share.denied', what: 'access is denied' },
  locked: { code: 'share.locked', what: 'is locked by another process' },
  'bad-path': { code: 'share.unreadable', what: 'no file server has such a name' },
  stale: { code: 'share.unreadable', what: 'the file server closed it' },
  failed: { code: 'share.unreadable', what: 'cannot be read' },
  // One file with an answer that nobody understands must not cost all the others.
  protocol: { code: 'share.unreadable', what: 'the file server gave no answer that makes sense' },
};

/** The share as a whole cannot be used, and trying again does not help. */
const ofShare: Partial<Record<SmbErrorKind, { readonly code: ErrorCode; readonly hint: string }>> = {
  'login-refused': {
    code: 'share.denied',
    hint: 'Check FILE_SHARE_USER (DOMAIN\\user or user@domain) and FILE_SHARE_PASSWORD, and that the account is not locked.',
  },
  'share-missing': { code: 'share.not-found', hint: 'Check the name of the share in FILE_SHARE_SMB_URL.' },
  dfs: {
    code: 'share.not-found',
    hint: 'Links of DFS are not followed: name the file server itself in FILE_SHARE_SMB_URL.',
  },
  insecure: {
    code: 'share.insecure',
    hint: 'Somebody between here and the file server may be changing what it says, or it does not sign: require signing there (SMB 2.1 or later). Nothing it said was used.',
  },
  unsupported: {
    code: 'share.insecure',
    hint: 'The file server has to speak SMB 2.1 or later and NTLMv2, and to encrypt where FILE_SHARE_REQUIRE_ENCRYPTION is true: switch that on there, or mount the share and set FILE_SHARE_PATH.',
  },
  protocol: {
    code: 'share.unreadable',
    hint: 'Check host and port in FILE_SHARE_SMB_URL: what answers there does not speak SMB so that it could be understood.',
  },
  blocked: {
    code: 'share.blocked',
    hint: 'This host forbids connections to file servers, as the App Service sandbox on Windows does with port 445: see docs/hosting.md for hosts that do not.',
  },
};

/** What the SMB client says of an entry. Whatever is about the share as a whole is `share.gone`, for none of it would answer. */
export function translateSmbError(error: unknown, path: SharePath): HubkeepError {
  if (error instanceof HubkeepError) return error;
  if (!isSmbError(error)) return new HubkeepError('share.unreadable', `${shownPath(path)}: cannot be read`, { cause: error });
  const entry = ofEntry[error.kind];
  const status = error.statusName ?? error.code;
  if (entry !== undefined) {
    const why = status === undefined ? '' : ` (${status})`;
    return new HubkeepError(entry.code, `${shownPath(path)}: ${entry.what}${why}`, { cause: error });
  }
  return goneShare(messageOf(error), error);
}

/** Why the root itself cannot be looked at. */
export function translateRootError(error: unknown, location: string): HubkeepError {
  if (!isSmbError(error)) return translateSmbError(error, '');
  const share = ofShare[error.kind];
  const message = `${location}: ${error.message}`;
  if (share !== undefined) return new HubkeepError(share.code, message, { hint: share.hint, cause: error });
  if (ofEntry[error.kind] === undefined) return goneShare(message, error);
  if (error.kind === 'denied') {
    return new HubkeepError('share.denied', `FILE_SHARE_USER may not list ${location}`, {
      hint: 'Give the account read permission on the share and on everything in it.',
      cause: error,
    });
  }
  return new HubkeepError('share.not-found', `FILE_SHARE_SMB_URL ${location} is not a directory that can be read`, {
    hint: 'Check the path behind the name of the share in FILE_SHARE_SMB_URL.',
    cause: error,
  });
}
