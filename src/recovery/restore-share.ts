import type { FileShareRecord } from '../contracts/recovery-point';
import type { SharePath } from '../contracts/share-path';
import type { BlobStore } from '../ports/blob-store';
import type { FileTarget, RestoreIdentity } from '../ports/file-target';
import type { FileEntry } from '../repository/index-entry';
import { layout } from '../repository/layout';
import { fetchAhead, fetchParts } from './fetch-range';
import { inParallel } from './in-parallel';
import type { PackRead, StoredFile } from './plan-reads';
import type { PathList } from './path-list';
import { createRestorePlan, type RestoreStep } from './restore-plan';
import type { FileToWrite, SpawnWriter } from './restore-protocol';
import { createRestoreTally, type MergedFiles } from './restore-tally';
import { createSelection } from './selection';
import { createWriterPool, messagesPerLane } from './writer-pool';

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

const readsInFlight = 4;
const largePiece = 1024 * 1024;
const piecesAhead = 4;
/** Files without content that are created with one message. */
const filesPerMessage = 1_000;

/**
 * Writes the share of a point into a target that is empty, holds an unfinished restore of the same, or may be overwritten:
 * what is there as the point has it is not fetched. Every byte is proven before it counts. Directories above what is
 * included get their time only where the index had to be read for them.
 */
export async function restoreShare(options: RestoreShareOptions): Promise<RestoredShare> {
  const { store, target, share, identity, list, spawn, threads, isPreview = false, onProgress = () => undefined } = options;
  const tally = createRestoreTally({ isPreview, onProgress });
  const writerData = target.begin(identity);
  const pool = createWriterPool({ spawn, target: writerData, threads, onDone: tally.done });
  const isMerging = identity.overwrite !== undefined;
  const asksFirst = isMerging || isPreview || writerData.resumed !== undefined;
  let largeFiles = 0;

  async function missing(files: readonly FileEntry[]): Promise<readonly FileEntry[]> {
    if (!asksFirst) return files;
    const left: FileEntry[] = [];
    await inParallel(chunksOf(files, filesPerMessage), threads, async (asked) => {
      const lane = await pool.free();
      const answer = await lane.send({ type: 'look', files: asked.map(({ path, size, mtime }) => ({ path, size, mtime })) });
      if (answer.type === 'looked') left.push(...tally.looked(asked, answer.verdicts));
    });
    return left;
  }

  async function take(step: RestoreStep): Promise<void> {
    if (step.type === 'read') await writeRead(step.read);
    else if (step.type === 'large') await writeLarge(step.file);
    else {
      for (const files of chunksOf(step.files, filesPerMessage)) {
        const extents = [{ offset: 0, length: 0, files: files.map(toWrite) }];
        void (await pool.free()).send({ type: 'files', pack: 'none', bytes: new Uint8Array(0), extents });
      }
    }
  }

  async function writeRead({ pack, range, parts }: PackRead): Promise<void> {
    for await (const { part, bytes } of fetchParts(store.stream(layout.pack(pack), range), range, parts)) {
      const extents = part.extents.map(({ offset, length, files }) => ({
        offset: offset - part.range.offset,
        length,
        files: files.map(toWrite),
      }));
      void (await pool.free()).send({ type: 'files', pack, bytes, extents });
    }
  }

  async function writeLarge(file: StoredFile): Promise<void> {
    const { pack, offset, length } = file.extent;
    const lane = await pool.free();
    const id = (largeFiles += 1);
    let open: { open: { pack: string; file: FileToWrite } } | undefined = { open: { pack, file: toWrite(file) } };
    const pieces = fetchAhead(store, layout.pack(pack), { range: { offset, length }, pieceSize: largePiece, ahead: piecesAhead });
    for await (const { bytes, isLast } of pieces) {
      await pool.until(() => lane.waiting < messagesPerLane);
      void lane.send({ type: 'large', id, bytes, last: isLast, ...open });
      open = undefined;
    }
  }

  try {
    const selection = createSelection(identity.include, list);
    const plan = createRestorePlan({ store, target, share, selection, missing, tally });
    await inParallel(plan.steps(), readsInFlight, take);
    await pool.idle();
    target.end();
    return {
      ...tally.restored(),
      directories: plan.directories(),
      ...(isMerging || isPreview ? { merged: tally.merged() } : {}),
      ...(list === undefined ? {} : { notFound: selection.notFound() }),
    };
  } finally {
    await pool.close();
  }
}

function toWrite({ path, mtime, size, hash, extent }: FileEntry): FileToWrite {
  return { path, mtime, size, hash, skip: extent?.skip ?? 0 };
}

function* chunksOf<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}
