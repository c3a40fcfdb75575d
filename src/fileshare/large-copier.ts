import type { Clock } from '../ports/clock';
import type { FileSource } from '../ports/file-source';
import type { ContentIndex } from '../repository/content/open-content-index';
import type { ContentPlacer } from './content-placer';
import type { FileTask } from './file-task';
import { createLargeFiles } from './large-files';
import type { PackUploads } from './pack-uploads';

export interface LargeCopierOptions {
  readonly source: FileSource;
  readonly uploads: PackUploads;
  readonly earlier: ContentIndex;
  readonly placer: ContentPlacer;
  readonly clock: Clock;
  readonly packPrefix: string;
}

/** Copies large files, one after another: so equal ones meet, and one alone keeps source, processors and store busy. */
export function createLargeCopier({ source, uploads, earlier, placer, clock, packPrefix }: LargeCopierOptions) {
  const sizesHere = new Set<number>();
  const files = createLargeFiles({ source, uploads, packPrefix, mayBeStored });
  let last: Promise<void> = Promise.resolve();

  function mayBeStored(size: number): boolean | Promise<boolean> {
    return sizesHere.has(size) || earlier.hasLarge(size);
  }

  async function copyNow(task: FileTask): Promise<void> {
    const startedAt = clock.now().getTime();
    const hashed = await files.hashFirst(task.path);
    if (hashed !== undefined && !hashed.read.changed && (await placer.reuse({ task, startedAt, ...hashed }))) return;
    const { extent, ...stored } = await files.store(task.path);
    sizesHere.add(stored.read.size);
    if (stored.read.size === 0) placer.empty({ task, startedAt, ...stored });
    else placer.stored({ task, startedAt, ...stored }, extent);
  }

  return {
    copy(task: FileTask): Promise<void> {
      const copying = last.then(() => copyNow(task));
      last = copying.catch(() => undefined);
      return copying;
    },
  };
}
