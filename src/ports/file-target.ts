import type { SharePath } from '../contracts/share-path';
import type { Timestamp } from './file-source';

/**
 * Where a share is restored to. Refuses with `restore.unsafe-path` any path that would leave the target, whatever the
 * index says, and never writes through a link. Paths arrive parents first.
 */
export interface FileTarget {
  readonly location: string;
  /** Creates the target; throws `restore.target-not-empty` when it holds anything. */
  prepare(): Promise<void>;
  makeDirectory(path: SharePath): void | Promise<void>;
  /** Creates a file that must not exist yet. Nothing half-written is left behind under its name. */
  writeFile(path: SharePath, content: Uint8Array, mtime: Timestamp): void | Promise<void>;
  /** The same for content too large to hold; `content` throws when it turns out to be damaged. */
  writeLargeFile(path: SharePath, content: AsyncIterable<Uint8Array>, mtime: Timestamp): Promise<void>;
  makeSymlink(path: SharePath, target: string): void | Promise<void>;
  /** Called last, children before parents: writing into a directory changes its time. */
  setDirectoryTime(path: SharePath, mtime: Timestamp): void | Promise<void>;
}
