import type { FileSource } from './file-source';
import type { FileTarget } from './file-target';

/** A place to restore into that nobody else looks at. */
export interface ScratchPlace {
  readonly target: FileTarget;
  /** What was restored, read back. */
  readonly source: FileSource;
  /** Bytes that can be written without filling what others write to as well. */
  readonly freeBytes: number;
  remove(): Promise<void>;
}

/** Where a part of the share is restored to and compared, and then removed. */
export interface Scratch {
  /** Throws `drill.no-scratch` when nothing can be written there. */
  open(name: string): Promise<ScratchPlace>;
}
