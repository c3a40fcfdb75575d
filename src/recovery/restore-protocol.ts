import type { Problem } from '../contracts/outcome';
import type { SharePath } from '../contracts/share-path';
import type { TargetFile, Verdict, WriterData } from '../ports/file-target';

/** A file to be written, and where in the content of its extent it begins. */
export interface FileToWrite extends TargetFile {
  readonly hash: string;
  readonly skip: number;
}

/** Bytes of a message that hold whole frames, and the files in what they decompress to. */
export interface ExtentToWrite {
  readonly offset: number;
  readonly length: number;
  readonly files: readonly FileToWrite[];
}

/** Each is worked off in turn and answered once. */
export type ToWriter =
  /** `pack` is for messages alone. An extent without bytes holds empty files. */
  | {
      readonly type: 'files';
      readonly pack: string;
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly extents: readonly ExtentToWrite[];
    }
  /** What would become of each of them. */
  | { readonly type: 'look'; readonly files: readonly TargetFile[] }
  /** Next bytes of the extent of a large file, cut anywhere; the last ones finish it. */
  | {
      readonly type: 'large';
      readonly id: number;
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly open?: LargeToWrite;
      readonly last: boolean;
    };

export interface LargeToWrite {
  readonly pack: string;
  readonly file: FileToWrite;
}

/** A file that was not written after all, though it had been when it was looked at that it would be. */
export interface RefusedFile {
  readonly path: SharePath;
  readonly size: number;
  readonly verdict: Verdict;
}

export interface WorkDone {
  /** Those that were refused count as well. */
  readonly files: number;
  readonly bytes: number;
  /** Files that took so long that the target, and not this machine, was waited for. */
  readonly slow: number;
  /** Of the files, those that took the place of another. */
  readonly replaced: { readonly files: number; readonly bytes: number };
  readonly refused: readonly RefusedFile[];
}

export type FromWriter =
  | ({ readonly type: 'done' } & WorkDone)
  /** In the order of the list that was asked about. */
  | { readonly type: 'looked'; readonly verdicts: readonly Verdict[] }
  | { readonly type: 'failed'; readonly problem: Problem };

/** What a writer thread is started with. */
export interface WriterThreadData {
  readonly target: WriterData;
  readonly thread: number;
}

/** A writer thread as seen from the main one. */
export interface WriterHandle {
  postMessage(message: ToWriter, transfer: readonly ArrayBuffer[]): void;
  on(event: 'message', listener: (message: FromWriter) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  terminate(): Promise<unknown>;
}

export type SpawnWriter = (data: WriterThreadData) => WriterHandle;
