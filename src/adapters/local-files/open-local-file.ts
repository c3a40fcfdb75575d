import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { SharePath } from '../../contracts/share-path';
import type { OpenFile } from '../../ports/file-source';
import { timestamp } from './timestamp';
import { replacedEntry, translateFileError } from './translate-error';

/**
 * Whatever took the place of a file since it was listed is not opened in its stead: a link is not followed, and a pipe
 * without a writer does not hold the reader up. On Windows both flags are undefined and count as nothing.
 */
const readPlainFile = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Synchronous on purpose: it runs in pack threads, where a promise per small file costs more than the read itself. */
export function openLocalFile(native: string | Buffer, path: SharePath): OpenFile {
  const fd = guarded(path, () => openSync(native, readPlainFile));
  const opened = guarded(path, () => fstatOrClose(fd));
  if (!opened.isFile()) {
    closeSync(fd);
    throw replacedEntry(path);
  }
  const times = { mtime: timestamp(opened.mtimeNs), ctime: timestamp(opened.ctimeNs) };
  let size = 0;
  return {
    size: Number(opened.size),
    ...times,
    read(into) {
      const bytes = guarded(path, () => readSync(fd, into, 0, into.length, null));
      size += bytes;
      return bytes;
    },
    close() {
      const closed = guarded(path, () => fstatOrClose(fd));
      closeSync(fd);
      return {
        size,
        ...times,
        changed: closed.size !== opened.size || closed.mtimeNs !== opened.mtimeNs || BigInt(size) !== opened.size,
      };
    },
  };
}

function fstatOrClose(fd: number): BigIntStats {
  try {
    return fstatSync(fd, { bigint: true });
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function guarded<T>(path: SharePath, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw translateFileError(error, path);
  }
}
