import { SmbError, type SmbErrorKind } from '../../../src/adapters/smb';
import { translateRootError, translateSmbError } from '../../../src/adapters/smb-share/translate-error';

const location = 'smb://fs01/WebSites';
const failure = (kind: SmbErrorKind) => new SmbError(kind, `fs01: ${kind}`, { statusName: 'STATUS_X' });

test.each<[SmbErrorKind, string]>([
  ['not-found', 'share.vanished'],
  ['reparse', 'share.vanished'],
  ['denied', 'share.denied'],
  ['locked', 'share.locked'],
  ['bad-path', 'share.unreadable'],
  ['protocol', 'share.unreadable'],
])('one entry: %s is %s, and the others are read on', (kind, code) => {
  expect(translateSmbError(failure(kind), 'site/a.txt')).toMatchObject({
    ...{ code, retryable: false },
    message: expect.stringMatching(/^site\/a\.txt: .*\(STATUS_X\)$/),
  });
});

test.each<SmbErrorKind>(['lost', 'timed-out', 'unreachable', 'insecure', 'login-refused', 'share-missing', 'blocked', 'closed'])(
  'in the midst of a run %s is about the share: it ends the box and is tried again',
  (kind) => {
    expect(translateSmbError(failure(kind), 'site/a.txt')).toMatchObject({ code: 'share.gone', retryable: true });
  },
);

test.each<[SmbErrorKind, string, RegExp]>([
  ['login-refused', 'share.denied', /FILE_SHARE_USER/],
  ['share-missing', 'share.not-found', /FILE_SHARE_SMB_URL/],
  ['dfs', 'share.not-found', /DFS/],
  ['insecure', 'share.insecure', /sign/],
  ['unsupported', 'share.insecure', /SMB 2\.1.*FILE_SHARE_REQUIRE_ENCRYPTION/],
  ['protocol', 'share.unreadable', /host and port in FILE_SHARE_SMB_URL/],
  ['blocked', 'share.blocked', /docs\/hosting\.md/],
  ['denied', 'share.denied', /read permission/],
  ['not-found', 'share.not-found', /FILE_SHARE_SMB_URL/],
  ['lost', 'share.gone', /FILE_SHARE_SMB_URL/],
])('at the root %s is %s, with the setting to look at', (kind, code, hint) => {
  const error = translateRootError(failure(kind), location);
  expect([error.code, error.hint]).toEqual([code, expect.stringMatching(hint)]);
  expect(error.message).toContain(location);
});
