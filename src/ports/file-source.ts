import type { ErrorCode } from '../contracts/error-codes';
import type { SharePath } from '../contracts/share-path';

export type EntryKind = 'file' | 'directory' | 'symlink' | 'other';

/** Times as decimal seconds since 1970 with nine digits after the point, exactly as the source keeps them. */
export type Timestamp = string;

/** What a source shows of a file without reading it. */
export interface FileState {
  /** Bytes. */
  readonly size: number;
  readonly mtime: Timestamp;
  /** When the source changed the entry itself; absent where the source keeps no such time. */
  readonly ctime?: Timestamp;
}

/** One entry of a directory. The size of anything but a file is 0. */
export interface SourceEntry extends FileState {
  readonly name: string;
  readonly kind: EntryKind;
  /** Where a symlink or junction points, as it is written. */
  readonly target?: string;
  /** Why nothing but its name could be read; its kind is then `other`. */
  readonly problem?: { readonly code: ErrorCode; readonly message: string };
  /** True when it is left out on purpose, with all it holds; its kind is then `other`. */
  readonly excluded?: true;
}

/** What a file was when the last byte had been read; `size` is the number of bytes read. */
export interface ReadResult extends FileState {
  /** True when the file differs from what it was before, or more or fewer bytes came than it has. */
  readonly changed: boolean;
}

export interface WholeFile {
  /** What the file was after its last byte had been read. */
  readonly state: FileState;
  /** True when that is not what had been seen, or not as many bytes came. */
  readonly changed: boolean;
  readonly content: Buffer;
}

export interface ReadOptions {
  /** What the listing or an earlier read showed, to tell whether the file has changed since. */
  readonly seen: FileState;
  /** Bytes. One byte more is read of a longer file, and no more. */
  readonly limit: number;
  /** Where the content goes, if not into memory of the source: one byte more than `limit`. */
  readonly into?: Buffer;
}

/** A file read piece by piece. */
export interface OpenFile extends FileState {
  /** Reads up to `into.length` bytes from where the last read ended; 0 at the end. */
  read(into: Uint8Array): number | Promise<number>;
  /** Closes the file and says whether it changed since it was opened. */
  close(): ReadResult | Promise<ReadResult>;
}

/**
 * The share, read-only. Throws `share.not-found` when the root is missing, `share.gone` when the share as a whole does not
 * answer any more, `share.vanished`, `share.denied`, `share.locked` or `share.unreadable` for one entry. What took the
 * place of a file or directory is `share.vanished` too. Some answers may come at once or as a promise: local disks are faster
 * without one, network shares need it.
 */
export interface FileSource {
  /** For humans: where this is, without any credential. */
  readonly location: string;
  /** Proves that the root is there and can be listed. */
  check(): Promise<void>;
  /** Every entry of a directory (`''` is the root), in path order. An entry that vanishes meanwhile is left out. */
  list(directory: SharePath): SourceEntry[] | Promise<SourceEntry[]>;
  /**
   * Reads a file in one go, at once: the fast way on a local disk. Nothing where the source is one to wait for.
   * The content is good until the next call only.
   */
  readNow(path: SharePath, options: ReadOptions): WholeFile | undefined;
  /** Reads a file in one go; the content is the caller's. */
  readWhole(path: SharePath, options: ReadOptions): Promise<WholeFile>;
  open(path: SharePath): OpenFile | Promise<OpenFile>;
}
