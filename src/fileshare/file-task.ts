import type { ErrorCode } from '../contracts/error-codes';
import type { SharePath } from '../contracts/share-path';
import type { FileState, Timestamp } from '../ports/file-source';
import type { Extent } from '../repository/index-entry';

/** A file the walk found new or changed. `id` ties the result to it. */
export interface FileTask {
  readonly id: number;
  readonly path: SharePath;
  /** As the listing showed it. */
  readonly seen: FileState;
  /** Hash of what the index has for it: equal content need not be stored or looked up. */
  readonly knownHash?: string;
}

/** A member without content: a directory or a symlink. */
export interface PlainMember {
  readonly type: 'Directory' | 'SymbolicLink';
  readonly path: SharePath;
  readonly mtime: Timestamp;
  readonly ctime?: Timestamp;
  readonly target?: string;
}

export type FileResult = CopiedFile | UncopiedFile;

export interface CopiedFile {
  readonly id: number;
  readonly status: 'copied';
  /** What was read, which is what the index records, not what the listing said. */
  readonly size: number;
  readonly mtime: Timestamp;
  readonly ctime?: Timestamp;
  readonly hash: string;
  readonly extent?: Extent;
  readonly racy: boolean;
  /** It was still being written after every attempt: what is stored may be torn. */
  readonly changing: boolean;
  /** Its content was stored before: under this very path, by an earlier point, or in this activity (then it is a hard link in the pack). */
  readonly reused: Reuse | undefined;
}

export type Reuse = 'same' | 'earlier' | 'linked';

export interface UncopiedFile {
  readonly id: number;
  readonly status: 'failed';
  readonly code: ErrorCode;
  readonly message: string;
}
