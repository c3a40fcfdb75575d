import type { Problem } from '../contracts/outcome';
import type { TargetFile, WriterData } from '../ports/file-target';

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
  /** Which of them the unfinished restore that is gone on with has not written to their end. */
  | { readonly type: 'check'; readonly files: readonly TargetFile[] }
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

export type FromWriter =
  /** `slow` of the files took so long that the target, and not this machine, was waited for. */
  | { readonly type: 'done'; readonly files: number; readonly bytes: number; readonly slow: number }
  /** Positions in the list that was asked about. */
  | { readonly type: 'missing'; readonly files: readonly number[] }
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
