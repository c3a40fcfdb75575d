import { codeOf } from '../errors/hubkeep-error';
import type { Clock } from '../ports/clock';
import type { FileSource, FileState, WholeFile } from '../ports/file-source';
import { type ContentHash, hashOf, toContentHash } from '../repository/content-hash';
import { releaseMemory } from '../repository/release-memory';
import type { HashedFile } from './aside/start-share-thread';
import type { ContentPlacer } from './content-placer';
import type { FileTask } from './file-task';
import { changingWaits, limits, readAttempts } from './limits';
import type { Patience } from './patience';

export interface FileCopierOptions {
  readonly source: FileSource;
  readonly placer: ContentPlacer;
  readonly clock: Clock;
  readonly patience: Patience;
  /** For a file that has grown since it was listed. */
  readonly copyLarge: (task: FileTask) => Promise<void>;
}

interface PlaceOptions {
  /** When its reading began, in milliseconds since 1970. */
  readonly startedAt: number;
  readonly hash?: ContentHash;
}

/** Copies files that are held whole, at once where the source answers at once. */
export function createFileCopier({ source, placer, clock, patience, copyLarge }: FileCopierOptions) {
  const optionsOf = (seen: FileState) => ({ seen, limit: limits.streamed });

  /** True where another try can give something better. */
  function isUnfit({ changed, content }: WholeFile): boolean {
    return changed || content.length > limits.streamed;
  }

  function place(
    task: FileTask,
    { state, changed, content }: WholeFile,
    { startedAt, hash }: PlaceOptions,
  ): void | Promise<void> {
    const file = { task, read: { ...state, size: content.length, changed }, hash: hash ?? hashOf(content), startedAt };
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
    for (let attempt = 1; ; attempt++) {
      const startedAt = clock.now().getTime();
      const file = await patience.whileLocked(() => source.readWhole(task.path, optionsOf(seen)));
      if (file.content.length > limits.streamed) return copyLarge(task);
      if (!file.changed || attempt === readAttempts) {
        await place(task, file, { startedAt });
        releaseMemory(file.content);
        return;
      }
      seen = file.state;
      await patience.rest(changingWaits[attempt - 1]);
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
      return file === undefined || isUnfit(file) ? copyPatiently(task) : place(task, file, { startedAt });
    },
    /** The same for a file that was read, as it was seen, and hashed elsewhere. */
    place: (task: FileTask, { content, sha256 }: HashedFile, startedAt: number): void | Promise<void> =>
      place(task, { state: task.seen, changed: false, content }, { startedAt, hash: toContentHash(sha256) }),
  };
}
