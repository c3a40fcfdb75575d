/** What can be done about a failure depends on its kind; the status and the message say more to a human. */
export type SmbErrorKind =
  /** No TCP connection: nobody listens, the name is unknown, no route. `code` holds the system's error. */
  | 'unreachable'
  /** The system this runs on forbids the connection: no change on the file server would help. */
  | 'blocked'
  | 'login-refused'
  | 'share-missing'
  | 'not-found'
  | 'denied'
  /** Somebody else holds the file, or a range of it, for himself. */
  | 'locked'
  | 'not-a-file'
  | 'not-a-directory'
  /** A symlink, junction or other reparse point stands where a file or directory was asked for. */
  | 'reparse'
  /** No server could have something of that name. */
  | 'bad-path'
  /** What was asked for lies on another server of a DFS namespace. */
  | 'dfs'
  /** Unsigned, wrongly signed, in plain where it has to be sealed, replayed, downgraded, a guest session. */
  | 'insecure'
  /** The server speaks no dialect or no way to sign in that this client does. */
  | 'unsupported'
  /** What came is not what the protocol allows. */
  | 'protocol'
  | 'timed-out'
  /** The connection or session ended under a request. */
  | 'lost'
  /** The server has closed the file under the reader. */
  | 'stale'
  /** The server has no room for more at the moment, or no domain controller to ask. */
  | 'busy'
  /** `close()` was called. */
  | 'closed'
  /** Any other status of the server. */
  | 'failed';

export interface SmbErrorOptions {
  /** NTSTATUS, where the server gave one. */
  readonly status?: number | undefined;
  readonly statusName?: string | undefined;
  /** Error code of the operating system, such as ECONNREFUSED. */
  readonly code?: string | undefined;
  readonly cause?: unknown;
}

/** The one error this module throws on purpose. Neither it nor its causes hold the password or what was made of it. */
export class SmbError extends Error {
  override readonly name = 'SmbError';
  readonly kind: SmbErrorKind;
  readonly status: number | undefined;
  readonly statusName: string | undefined;
  readonly code: string | undefined;

  constructor(kind: SmbErrorKind, message: string, options: SmbErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.status = options.status;
    this.statusName = options.statusName;
    this.code = options.code;
  }
}

export function isSmbError(error: unknown): error is SmbError {
  return error instanceof SmbError;
}
