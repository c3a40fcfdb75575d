import { type BigIntStats, closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { SharePath } from '../../contracts/share-path';
import type { OpenFile } from '../../ports/file-source';
import { plainFile, refuseOther } from './plain-file';
import { timestamp } from '../timestamp';
import { translateFileError } from './translate-error';

/** Answers at once: a promise for every piece costs more than the read itself where the disk is local. */
export function openLocalFile(native: string | Buffer, path: SharePath): OpenFile {
  const fd = guarded(path, () => openSync(native, plainFile));
  const opened = guarded(path, () => fstatOrClose(fd));
  try {
    refuseOther(path, opened);
  } catch (error) {
    closeSync(fd);
    throw error;
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
