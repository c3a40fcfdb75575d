import type { BlobStore } from '../../ports/blob-store';
import type { FileEntry } from '../../repository/index-entry';
import { layout } from '../../repository/layout';
import { fetchAhead, fetchParts } from './fetch-range';
import { inParallel } from '../in-parallel';
import type { PackRead, StoredFile } from './plan-reads';
import type { RestoreStep } from './plan';
import type { FileToWrite } from '../restore-protocol';
import type { RestoreTally } from './tally';
import { messagesPerLane, type WriterPool } from './writer-pool';

const largePiece = 1024 * 1024;
const piecesAhead = 4;
/** Files without content that are created with one message, or looked at. */
const filesPerMessage = 1_000;

/** Asks the threads what would become of files, and gives those that are to be written. */
export function createLook({ pool, tally, threads }: { pool: WriterPool; tally: RestoreTally; threads: number }) {
  return async (files: readonly FileEntry[]): Promise<readonly FileEntry[]> => {
    const left: FileEntry[] = [];
    await inParallel(chunksOf(files, filesPerMessage), threads, async (asked) => {
      const lane = await pool.free();
      const answer = await lane.send({ type: 'look', files: asked.map(({ path, size, mtime }) => ({ path, size, mtime })) });
      if (answer.type === 'looked') left.push(...tally.looked(asked, answer.verdicts));
    });
    return left;
  };
}

export interface StepWriterOptions {
  readonly store: BlobStore;
  readonly pool: WriterPool;
  /** Stops within what was asked of the store already. */
  readonly signal?: AbortSignal;
}

/** Fetches what a step needs and hands it to the threads. */
export function createStepWriter({ store, pool, signal }: StepWriterOptions) {
  let largeFiles = 0;

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
      signal?.throwIfAborted();
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
      signal?.throwIfAborted();
      await pool.until(() => lane.waiting < messagesPerLane);
      void lane.send({ type: 'large', id, bytes, last: isLast, ...open });
      open = undefined;
    }
  }

  return take;
}

function toWrite({ path, mtime, size, hash, extent }: FileEntry): FileToWrite {
  return { path, mtime, size, hash, skip: extent?.skip ?? 0 };
}

function* chunksOf<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}
