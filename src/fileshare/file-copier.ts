import { codeOf } from '../errors/hubkeep-error';
import type { Clock } from '../ports/clock';
import type { FileSource, FileState, WholeFile } from '../ports/file-source';
import { hashOf } from '../repository/content-hash';
import type { ContentPlacer } from './content-placer';
import type { FileTask } from './file-task';
import { limits, lockedWaiting, lockedWaits, readAttempts } from './limits';

export interface FileCopierOptions {
  readonly source: FileSource;
  readonly placer: ContentPlacer;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** For a file that has grown since it was listed. */
  readonly copyLarge: (task: FileTask) => Promise<void>;
}

/** Copies files that are held whole, at once where the source answers at once. */
export function createFileCopier({ source, placer, clock, signal, copyLarge }: FileCopierOptions) {
  let waiting = 0;

  const optionsOf = (seen: FileState) => ({ seen, limit: limits.streamed });

  /** True where another try can give something better. */
  function isUnfit({ changed, content }: WholeFile): boolean {
    return changed || content.length > limits.streamed;
  }

  function place(task: FileTask, { state, changed, content }: WholeFile, startedAt: number): void | Promise<void> {
    const file = { task, read: { ...state, size: content.length, changed }, hash: hashOf(content), startedAt };
    const isReused = placer.reuse(file);
    if (!(isReused instanceof Promise)) {
      if (!isReused) placer.store(file, content);
      return;
    }
    const own = Buffer.from(content);
    return isReused.then((reused) => {
      if (!reused) placer.store(file, own);
    });
  }

  /** Tries again while the file is locked or never the same twice. */
  async function copyPatiently(task: FileTask): Promise<void> {
    let { seen } = task;
    let waits = 0;
    for (let attempt = 1; ;) {
      const startedAt = clock.now().getTime();
      try {
        const file = await source.readWhole(task.path, optionsOf(seen));
        if (file.content.length > limits.streamed) return await copyLarge(task);
        if (!file.changed || attempt === readAttempts) return await place(task, file, startedAt);
        attempt += 1;
        seen = file.state;
      } catch (error) {
        const wait = lockedWaits[waits++];
        if (codeOf(error) !== 'share.locked' || wait === undefined || waiting >= lockedWaiting) throw error;
        await pause(wait);
      }
    }
  }

  async function pause(ms: number) {
    waiting += 1;
    try {
      await clock.sleep(ms, signal);
    } finally {
      waiting -= 1;
    }
  }

  return {
    /** @returns nothing when the file is done with. @throws, or rejects with, why it could not be read. */
    copy(task: FileTask): void | Promise<void> {
      const startedAt = clock.now().getTime();
      let file: WholeFile | undefined;
      try {
        file = source.readNow(task.path, optionsOf(task.seen));
      } catch (error) {
        if (codeOf(error) !== 'share.locked') throw error;
      }
      return file === undefined || isUnfit(file) ? copyPatiently(task) : place(task, file, startedAt);
    },
  };
}
