// NTSTATUS values that a read-only client meets (MS-ERREF 2.3.1) and what each means to it.
import { SmbError, type SmbErrorKind } from './smb-error';

export const status = {
  success: 0x00000000,
  pending: 0x00000103,
  bufferOverflow: 0x80000005,
  noMoreFiles: 0x80000006,
  stoppedOnSymlink: 0x8000002d,
  noSuchFile: 0xc000000f,
  invalidDeviceRequest: 0xc0000010,
  endOfFile: 0xc0000011,
  moreProcessingRequired: 0xc0000016,
  notSupported: 0xc00000bb,
  fileClosed: 0xc0000128,
  userSessionDeleted: 0xc0000203,
  networkSessionExpired: 0xc000035c,
} as const;

const known = new Map<number, readonly [name: string, kind: SmbErrorKind]>([
  [0x80000005, ['STATUS_BUFFER_OVERFLOW', 'failed']],
  [0x80000006, ['STATUS_NO_MORE_FILES', 'failed']],
  [0x8000002d, ['STATUS_STOPPED_ON_SYMLINK', 'reparse']],
  [0xc0000001, ['STATUS_UNSUCCESSFUL', 'failed']],
  [0xc0000008, ['STATUS_INVALID_HANDLE', 'stale']],
  [0xc000000d, ['STATUS_INVALID_PARAMETER', 'failed']],
  [0xc000000f, ['STATUS_NO_SUCH_FILE', 'not-found']],
  [0xc0000010, ['STATUS_INVALID_DEVICE_REQUEST', 'failed']],
  [0xc0000011, ['STATUS_END_OF_FILE', 'failed']],
  [0xc0000016, ['STATUS_MORE_PROCESSING_REQUIRED', 'protocol']],
  [0xc0000022, ['STATUS_ACCESS_DENIED', 'denied']],
  [0xc0000032, ['STATUS_DISK_CORRUPT_ERROR', 'failed']],
  [0xc0000033, ['STATUS_OBJECT_NAME_INVALID', 'bad-path']],
  [0xc0000034, ['STATUS_OBJECT_NAME_NOT_FOUND', 'not-found']],
  [0xc0000039, ['STATUS_OBJECT_PATH_INVALID', 'not-found']],
  [0xc000003a, ['STATUS_OBJECT_PATH_NOT_FOUND', 'not-found']],
  [0xc000003b, ['STATUS_OBJECT_PATH_SYNTAX_BAD', 'bad-path']],
  [0xc000003e, ['STATUS_DATA_ERROR', 'failed']],
  [0xc000003f, ['STATUS_CRC_ERROR', 'failed']],
  [0xc0000043, ['STATUS_SHARING_VIOLATION', 'locked']],
  [0xc0000054, ['STATUS_FILE_LOCK_CONFLICT', 'locked']],
  [0xc0000055, ['STATUS_LOCK_NOT_GRANTED', 'locked']],
  [0xc0000056, ['STATUS_DELETE_PENDING', 'not-found']],
  // No domain controller was there to refuse anybody, nor to count it.
  [0xc000005e, ['STATUS_NO_LOGON_SERVERS', 'busy']],
  [0xc0000061, ['STATUS_PRIVILEGE_NOT_HELD', 'denied']],
  [0xc0000064, ['STATUS_NO_SUCH_USER', 'login-refused']],
  [0xc000006a, ['STATUS_WRONG_PASSWORD', 'login-refused']],
  [0xc000006d, ['STATUS_LOGON_FAILURE', 'login-refused']],
  [0xc000006e, ['STATUS_ACCOUNT_RESTRICTION', 'login-refused']],
  [0xc000006f, ['STATUS_INVALID_LOGON_HOURS', 'login-refused']],
  [0xc0000070, ['STATUS_INVALID_WORKSTATION', 'login-refused']],
  [0xc0000071, ['STATUS_PASSWORD_EXPIRED', 'login-refused']],
  [0xc0000072, ['STATUS_ACCOUNT_DISABLED', 'login-refused']],
  [0xc0000098, ['STATUS_FILE_INVALID', 'stale']],
  [0xc000009a, ['STATUS_INSUFFICIENT_RESOURCES', 'busy']],
  [0xc00000b5, ['STATUS_IO_TIMEOUT', 'timed-out']],
  [0xc00000ba, ['STATUS_FILE_IS_A_DIRECTORY', 'not-a-file']],
  [0xc00000bb, ['STATUS_NOT_SUPPORTED', 'unsupported']],
  [0xc00000c9, ['STATUS_NETWORK_NAME_DELETED', 'lost']],
  [0xc00000ca, ['STATUS_NETWORK_ACCESS_DENIED', 'denied']],
  [0xc00000cb, ['STATUS_BAD_DEVICE_TYPE', 'share-missing']],
  [0xc00000cc, ['STATUS_BAD_NETWORK_NAME', 'share-missing']],
  [0xc00000ce, ['STATUS_TOO_MANY_SESSIONS', 'busy']],
  [0xc00000d0, ['STATUS_REQUEST_NOT_ACCEPTED', 'busy']],
  [0xc00000e5, ['STATUS_INTERNAL_ERROR', 'failed']],
  [0xc00000e9, ['STATUS_UNEXPECTED_IO_ERROR', 'failed']],
  [0xc0000102, ['STATUS_FILE_CORRUPT_ERROR', 'failed']],
  [0xc0000103, ['STATUS_NOT_A_DIRECTORY', 'not-a-directory']],
  [0xc000011f, ['STATUS_TOO_MANY_OPENED_FILES', 'busy']],
  [0xc0000120, ['STATUS_CANCELLED', 'failed']],
  [0xc0000123, ['STATUS_FILE_DELETED', 'not-found']],
  [0xc0000128, ['STATUS_FILE_CLOSED', 'stale']],
  [0xc000015b, ['STATUS_LOGON_TYPE_NOT_GRANTED', 'login-refused']],
  [0xc0000185, ['STATUS_IO_DEVICE_ERROR', 'failed']],
  [0xc000018d, ['STATUS_TRUSTED_RELATIONSHIP_FAILURE', 'login-refused']],
  [0xc0000193, ['STATUS_ACCOUNT_EXPIRED', 'login-refused']],
  [0xc0000203, ['STATUS_USER_SESSION_DELETED', 'lost']],
  [0xc0000205, ['STATUS_INSUFF_SERVER_RESOURCES', 'busy']],
  [0xc000020c, ['STATUS_CONNECTION_DISCONNECTED', 'lost']],
  [0xc000020d, ['STATUS_CONNECTION_RESET', 'lost']],
  [0xc0000224, ['STATUS_PASSWORD_MUST_CHANGE', 'login-refused']],
  [0xc0000234, ['STATUS_ACCOUNT_LOCKED_OUT', 'login-refused']],
  [0xc0000257, ['STATUS_PATH_NOT_COVERED', 'dfs']],
  [0xc000026e, ['STATUS_VOLUME_DISMOUNTED', 'lost']],
  [0xc0000275, ['STATUS_NOT_A_REPARSE_POINT', 'failed']],
  [0xc0000279, ['STATUS_IO_REPARSE_TAG_NOT_HANDLED', 'reparse']],
  [0xc0000280, ['STATUS_REPARSE_POINT_NOT_RESOLVED', 'reparse']],
  [0xc000035c, ['STATUS_NETWORK_SESSION_EXPIRED', 'lost']],
  [0xc0000388, ['STATUS_DOWNGRADE_DETECTED', 'insecure']],
  [0xc0000413, ['STATUS_AUTHENTICATION_FIREWALL_FAILED', 'login-refused']],
  [0xc0000418, ['STATUS_NTLM_BLOCKED', 'login-refused']],
  [0xc0000467, ['STATUS_FILE_NOT_AVAILABLE', 'lost']],
]);

/** As 0xC0000022. */
export function statusNumber(value: number): string {
  return `0x${value.toString(16).toUpperCase().padStart(8, '0')}`;
}

/** What the server answered to `what`, for example `reading sites/a.txt`. */
export function statusError(what: string, value: number): SmbError {
  const [name, kind] = known.get(value) ?? [undefined, 'failed' as const];
  const shown = name === undefined ? statusNumber(value) : `${name}, ${statusNumber(value)}`;
  return new SmbError(kind, `${what}: the server answered ${shown}`, { status: value, statusName: name });
}

/** Whether nothing else can be had over the same connection. */
export function endsSession(value: number): boolean {
  return known.get(value)?.[1] === 'lost';
}
