import type { Overwrite } from '../contracts/overwrite';
import type { SharePath } from '../contracts/share-path';
import type { Timestamp } from './file-source';

/** Of what a restore is. A restore that broke off is gone on with by one of the same. */
export interface RestoreIdentity {
  readonly recoveryPoint: string;
  readonly include: readonly string[];
  /** The hash of a list of paths, where one was given. */
  readonly paths?: string;
  /** Set where the target may hold something. */
  readonly overwrite?: Overwrite;
}

export interface TargetFile {
  readonly path: SharePath;
  readonly size: number;
  readonly mtime: Timestamp;
}

export interface TargetLink {
  readonly path: SharePath;
  readonly target: string;
  readonly mtime: Timestamp;
}

/**
 * What becomes of an entry, as the target stands: it is new, takes the place of another, is there as the point has it, is there and
 * other than the point has it and stays, or cannot be written without harm.
 */
export type Verdict = { readonly is: 'create' | 'replace' | 'equal' | 'kept' } | { readonly is: 'blocked'; readonly why: string };

/** What a writer in another thread needs to know of the target. */
export interface WriterData {
  readonly root: string;
  /** Names at the root that begin with this are the target's own. */
  readonly reserved: string;
  /** Set where the target may hold something. */
  readonly overwrite?: Overwrite;
  /** Tells what these writers have in the works from what others have in the same target. */
  readonly attempt?: string;
  /** Set where a restore is gone on with: what is at the place of a file may be one it left unfinished. */
  readonly resumed?: {
    /** When it began, in milliseconds by the target's own clock: what it wrote and did not finish is not older. */
    readonly beganMs: number;
    /** False after the machine went down in between: what looks finished may never have reached the disk. */
    readonly trusted: boolean;
  };
}

/**
 * Where a share is restored to, directories and links. Refuses with `restore.unsafe-path` any path that would leave the
 * target, whatever the index says, and never writes through a link. Paths arrive parents first, and nothing arrives
 * that lies below what was blocked.
 */
export interface FileTarget {
  readonly location: string;
  /** Throws `restore.target-not-empty` when it holds what may not be there. Changes nothing. */
  check(identity: RestoreIdentity): { readonly isUnfinished: boolean };
  /** The same, then creates the target or clears it of what an unfinished restore left half done. */
  begin(identity: RestoreIdentity): WriterData;
  /** Creates a directory, unless it is there. Its time is set at the end: writing into a directory changes it. */
  makeDirectory(path: SharePath, mtime?: Timestamp): Verdict;
  /** Notes a link. It is made at the end, so that nothing is ever written through one. */
  makeSymlink(link: TargetLink): Verdict;
  /** Once all files are written: makes the links, sets the times and forgets that the restore was unfinished. */
  end(): void;
}

/** Writes files into a target that was begun. Synchronous on purpose: it runs in threads of its own. */
export interface FileWriter {
  /** What would become of a file. Changes nothing. */
  look(file: TargetFile): Verdict;
  /** Writes a file of content that was proven, unless by now it is not to be written. Until it is whole its time is the present. */
  writeFile(file: TargetFile, content: Uint8Array): Verdict;
  /** A file too large to hold. It appears under its name when it is finished, and not before. */
  openLarge(file: TargetFile): LargeFile;
}

export interface LargeFile {
  write(content: Uint8Array): void;
  finish(): Verdict;
}

/**
 * A directory that several writers, also on several hosts, restore one point into side by side. Each of them may be started again
 * at any time, also while it still runs.
 */
export interface SharedTarget {
  /** Throws `restore.unsafe-path` when a link leads to it, and `restore.target-not-empty` as a target does. Creates it, unless that is done. */
  open(identity: RestoreIdentity): void;
  /** For a part of the files and their directories: makes no links, sets no times of directories; its end clears what it had in the works. All are for a target that is open. */
  part(identity: RestoreIdentity): FileTarget;
  /** Makes links at once, and nothing else. */
  links(identity: RestoreIdentity): FileTarget;
  /** Sets the times of directories at once, and nothing else. */
  times(identity: RestoreIdentity): FileTarget;
  /** From here on the restore is finished. */
  close(identity: RestoreIdentity): void;
}

/** @param directory relative, with `/` between names. */
export type OpenSharedTarget = (directory: string) => SharedTarget;
