import type { ErrorCode } from '../contracts/error-codes';
import type { SharePath } from '../contracts/share-path';

export type EntryKind = 'file' | 'directory' | 'symlink' | 'other';

/** Times as decimal seconds since 1970 with nine digits after the point, exactly as the source keeps them. */
export type Timestamp = string;

/** One entry of a directory. */
export interface SourceEntry {
  readonly name: string;
  readonly kind: EntryKind;
  /** Bytes; 0 for anything but a file. */
  readonly size: number;
  readonly mtime: Timestamp;
  /** When the source changed the entry itself; absent where the source keeps no such time. */
  readonly ctime?: Timestamp;
  /** Where a symlink or junction points, as it is written. */
  readonly target?: string;
  /** Why nothing but its name could be read; its kind is then `other`. */
  readonly problem?: { readonly code: ErrorCode; readonly message: string };
  /** True when it is left out on purpose, with all it holds; its kind is then `other`. */
  readonly excluded?: true;
}

/** What a file was when it was opened, and whether it was still that when the last byte had been read. */
export interface ReadResult {
  /** Bytes read. */
  readonly size: number;
  readonly mtime: Timestamp;
  readonly ctime?: Timestamp;
  /** True when size or times differed before and after reading. */
  readonly changed: boolean;
}

export interface OpenFile {
  /** As they were when it was opened. */
  readonly size: number;
  readonly mtime: Timestamp;
  readonly ctime?: Timestamp;
  /** Reads up to `into.length` bytes from where the last read ended; 0 at the end. */
  read(into: Uint8Array): number | Promise<number>;
  /** Closes the file and says whether it changed since it was opened. */
  close(): ReadResult | Promise<ReadResult>;
}

/**
 * The share, read-only. Throws `share.not-found` when the root is missing, `share.gone` when the share as a whole does not
 * answer any more, `share.vanished`, `share.denied`, `share.locked` or `share.unreadable` for one entry. Answers may come at once or as a promise: local disks are faster
 * without one, network shares need it.
 */
export interface FileSource {
  /** For humans: where this is, without any credential. */
  readonly location: string;
  /** Proves that the root is there and can be listed. */
  check(): Promise<void>;
  /** Every entry of a directory (`''` is the root), in path order. An entry that vanishes meanwhile is left out. */
  list(directory: SharePath): SourceEntry[] | Promise<SourceEntry[]>;
  open(path: SharePath): OpenFile | Promise<OpenFile>;
}
