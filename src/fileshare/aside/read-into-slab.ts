import { codeOf } from '../../errors/hubkeep-error';
import type { FileSource } from '../../ports/file-source';
import { hashOf } from '../../repository/content-hash';
import { openSlab } from './batch-memory';
import type { FilesToRead } from './share-thread-protocol';

/**
 * What runs in the share's thread: reads and hashes the files of a batch. One that is anything but what was seen, or cannot be
 * read, is left: why that is so is found out by who asked.
 */
export function readIntoSlab(source: FileSource, memory: SharedArrayBuffer, { paths, sizes, mtimes, ctimes }: FilesToRead) {
  const slab = openSlab(memory);
  paths.forEach((path, i) => {
    const size = sizes[i] ?? 0;
    const into = slab.next(size);
    const ctime = ctimes[i];
    const seen = { size, mtime: mtimes[i] ?? '', ...(ctime === undefined ? {} : { ctime }) };
    try {
      const file = source.readNow(path, { seen, limit: size, into });
      if (file?.changed === false) slab.setRead(hashOf(file.content).raw);
      else slab.setUnread();
    } catch (error) {
      if (codeOf(error) === 'internal') throw error;
      slab.setUnread();
    }
  });
}
