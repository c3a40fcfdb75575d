import type { FileTask } from '../file-task';
import { createSlab, mostBytes, mostFiles, openSlab, slabCount } from './batch-memory';
import type { SpawnShareThread } from './share-thread-protocol';

export interface HashedFile {
  /** Raw sha256. */
  readonly sha256: Buffer;
  readonly content: Buffer;
}

/**
 * Gets the files of a batch one by one, in its order. Nothing for one that is not what was seen or could not be read: it has
 * to be read by itself. Content and hash are good during the call only.
 */
export type TakeFile = (i: number, file: HashedFile | undefined) => void;

interface Batch {
  readonly slab: number;
  readonly files: readonly FileTask[];
  readonly take: TakeFile;
  readonly resolve: () => void;
}

/** Starts a thread that reads and hashes small files of the share while this one does something else. */
export function startShareThread(spawn: SpawnShareThread, root: string) {
  const slabs = Array.from({ length: slabCount }, createSlab);
  const free = slabs.map((_, i) => i);
  const underway: Batch[] = [];
  const thread = spawn({ root, slabs });
  let isBroken = false;

  thread.on('message', () => {
    const batch = underway.shift();
    if (batch === undefined) return;
    handOver(batch);
    free.push(batch.slab);
    batch.resolve();
  });
  thread.on('error', breakOff);

  function breakOff() {
    isBroken = true;
    for (const batch of underway.splice(0)) leave(batch);
  }

  function handOver({ slab: number, files, take }: Batch) {
    const slab = openSlab(slabs[number] as SharedArrayBuffer);
    files.forEach(({ seen: { size } }, i) => {
      const content = slab.next(size).subarray(0, size);
      take(i, slab.isRead() ? { content, sha256: slab.sha256() } : undefined);
    });
  }

  function leave({ files, take, resolve }: Omit<Batch, 'slab'>) {
    files.forEach((_, i) => {
      take(i, undefined);
    });
    resolve();
  }

  return {
    /** Of one batch. */
    mostFiles,
    /** Sizes of all files of one batch, and a byte more for each. */
    mostBytes,
    /** True when another batch need not wait for an earlier one. */
    mayRead: () => isBroken || free.length > 0,
    /** Resolves when every file has been taken; never rejects. */
    read: (files: readonly FileTask[], take: TakeFile): Promise<void> =>
      new Promise((resolve) => {
        const slab = isBroken ? undefined : free.pop();
        if (slab === undefined) {
          leave({ files, take, resolve });
          return;
        }
        underway.push({ slab, files, take, resolve });
        const seen = files.map((file) => file.seen);
        thread.postMessage({
          slab,
          paths: files.map(({ path }) => path),
          sizes: seen.map(({ size }) => size),
          mtimes: seen.map(({ mtime }) => mtime),
          ctimes: seen.map(({ ctime }) => ctime),
        });
      }),
    /** Ends it at once. */
    async close(): Promise<void> {
      breakOff();
      await thread.terminate();
    },
  };
}

export type ShareThread = ReturnType<typeof startShareThread>;
