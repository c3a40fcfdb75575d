import type { Segment } from '../contracts/recovery-point';
import type { BoxRequest } from '../contracts/share-copy';
import type { BlobStore } from '../ports/blob-store';
import type { Clock } from '../ports/clock';
import type { FileSource } from '../ports/file-source';
import type { PackPool } from './pack-pool';
import type { FileResult } from './pack-protocol';

export interface CopyBoxOptions {
  readonly request: BoxRequest;
  readonly source: FileSource;
  readonly store: BlobStore;
  readonly clock: Clock;
  readonly segments: readonly Segment[];
  readonly deadline: Date;
  readonly signal: AbortSignal;
  /** Starts pack threads; called when the first file has to be read. */
  readonly startPool: (packPrefix: string, onResult: (result: FileResult) => void) => Promise<PackPool>;
  /** Files done with and bytes read so far, of this box. */
  readonly onProgress: (files: number, bytes: number) => void;
}
