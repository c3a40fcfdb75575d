import type { SharePath } from '../contracts/share-path';
import type { ErrorCode } from '../contracts/error-codes';
import type { Timestamp } from '../ports/file-source';
import type { Extent } from '../repository/index-entry';
import type { StoredContent } from '../repository/content-index';

/** A file the walk found new or changed. `id` ties the result to it. */
export interface FileTask {
  readonly id: number;
  readonly path: SharePath;
  readonly size: number;
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

export type ToThread =
  | { readonly type: 'files'; readonly files: readonly FileTask[] }
  | { readonly type: 'members'; readonly members: readonly PlainMember[] }
  /** Close the open frame so that every result so far is sent. */
  | { readonly type: 'settle' }
  /** Close the open pack too. */
  | { readonly type: 'flush' }
  | { readonly type: 'finish' };

export type FromThread =
  | { readonly type: 'results'; readonly results: readonly FileResult[] }
  | { readonly type: 'pack'; readonly name: string; readonly bytes: Uint8Array<ArrayBuffer>; readonly sha256: string }
  | { readonly type: 'stream-open'; readonly name: string }
  | { readonly type: 'stream-chunk'; readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly type: 'stream-close'; readonly name: string; readonly sha256: string }
  | { readonly type: 'stream-abort'; readonly name: string }
  /** The oldest unanswered message has been worked off. */
  | { readonly type: 'done' }
  | { readonly type: 'finished'; readonly stored: readonly StoredContent[] }
  | { readonly type: 'crashed'; readonly code: ErrorCode; readonly message: string };

/** Main thread to pack thread, outside the queue: bytes of a streamed pack that have been sent on. */
export interface Credit {
  readonly type: 'credit';
  readonly bytes: number;
}

/** What a pack thread is started with. */
export interface PackThreadData {
  readonly source: SourceDescription;
  /** `{runId}/{prefix of its pack names}`. */
  readonly packPrefix: string;
  /** Content files of earlier points, shared and not copied. */
  readonly content: readonly SharedArrayBuffer[];
}

/** A source another thread can open for itself. */
export interface SourceDescription {
  readonly kind: 'path';
  readonly path: string;
}
