import type { FileShareRecord } from '../contracts/recovery-point';
import type { SharePath } from '../contracts/share-path';
import type { BlobStore } from '../ports/blob-store';
import type { FileTarget, RestoreIdentity } from '../ports/file-target';
import type { FileEntry } from '../repository/index-entry';
import { inParallel } from './in-parallel';
import type { PathList } from './path-list';
import { createRestorePlan } from './restore/plan';
import type { SpawnWriter } from './restore-protocol';
import { createLook, createStepWriter } from './restore/steps';
import { createRestoreTally, type MergedFiles } from './restore/tally';
import { createSelection } from './restore/selection';
import { createWriterPool } from './restore/writer-pool';

export interface RestoreShareOptions {
  readonly store: BlobStore;
  readonly target: FileTarget;
  readonly share: FileShareRecord;
  /** The point, globs over share paths, and what may be overwritten. Without globs and a list it is everything; a directory that is selected brings all it holds. */
  readonly identity: RestoreIdentity;
  /** What the identity has the hash of. */
  readonly list?: PathList | undefined;
  readonly spawn: SpawnWriter;
  readonly threads: number;
  /** Looks at everything and writes nothing; the target has to be a preview as well. */
  readonly isPreview?: boolean;
  /** Why the content of a file cannot be restored; what has a reason is listed and left out. */
  readonly lost?: ((file: FileEntry) => string | undefined) | undefined;
  readonly onProgress?: (files: number, bytes: number) => void;
}

export interface RestoredShare {
  readonly files: number;
  readonly directories: number;
  readonly symlinks: number;
  readonly bytes: number;
  /** Where the target may hold something, and of a preview. */
  readonly merged?: MergedFiles;
  /** Paths of the list that the point does not have. */
  readonly notFound?: readonly SharePath[];
}

export const readsInFlight = 4;

/**
 * Writes the share of a point into a target that is empty, holds an unfinished restore of the same, or may be overwritten:
 * what is there as the point has it is not fetched. Every byte is proven before it counts. Directories above what is
 * included get their time only where the index had to be read for them.
 */
export async function restoreShare(options: RestoreShareOptions): Promise<RestoredShare> {
  const { store, target, share, identity, list, spawn, threads, isPreview = false, lost, onProgress = () => undefined } = options;
  const tally = createRestoreTally({ isPreview, onProgress });
  const writerData = target.begin(identity);
  const pool = createWriterPool({ spawn, target: writerData, threads, onDone: tally.done });
  const isMerging = identity.overwrite !== undefined;
  const asksFirst = isMerging || isPreview || writerData.resumed !== undefined;
  try {
    const selection = createSelection(identity.include, list);
    const missing = asksFirst ? createLook({ pool, tally, threads }) : async (files: readonly FileEntry[]) => files;
    const plan = createRestorePlan({ store, target, share, selection, missing, tally, lost });
    await inParallel(plan.steps(), readsInFlight, createStepWriter({ store, pool }));
    await pool.idle();
    target.end();
    return {
      ...tally.restored(),
      directories: plan.directories(),
      ...(isMerging || isPreview || lost !== undefined ? { merged: tally.merged() } : {}),
      ...(list === undefined ? {} : { notFound: selection.notFound() }),
    };
  } finally {
    await pool.close();
  }
}
