import type { Segment } from '../contracts/recovery-point';
import type { BoxRequest } from '../contracts/share-copy';
import type { BlobStore } from '../ports/blob-store';
import type { Clock } from '../ports/clock';
import type { FileSource } from '../ports/file-source';
import type { ShareThread } from './aside/start-share-thread';
import type { ContentIndex } from '../repository/content/open-content-index';

export interface CopyBoxOptions {
  readonly request: BoxRequest;
  readonly source: FileSource;
  /** Starts what reads small files beside this thread; absent where nothing does. */
  readonly startThread?: (() => ShareThread) | undefined;
  readonly store: BlobStore;
  readonly clock: Clock;
  readonly segments: readonly Segment[];
  readonly deadline: Date;
  readonly signal: AbortSignal;
  /** Content earlier points stored. */
  readonly earlier: ContentIndex;
  /** Files done with and bytes read so far, of this box. */
  readonly onProgress: (files: number, bytes: number) => void;
}
