import { type BigIntStats, close, closeSync, fstat, fstatSync, open, openSync, read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import type { SharePath } from '../../contracts/share-path';
import type { FileState, ReadOptions, WholeFile } from '../../ports/file-source';
import { plainFile, refuseOther } from './plain-file';
import { timestamp } from '../timestamp';
import { translateFileError } from './translate-error';

export interface LocalFile {
  readonly native: string | Buffer;
  readonly path: SharePath;
}

const openAside = promisify(open);
const fstatAside = promisify(fstat) as (fd: number, options: { bigint: true }) => Promise<BigIntStats>;
const readAside = promisify(read);
const closeAside = promisify(close);

const smallest = 64 * 1024;

/** Reads a file with as few calls as can be, none of them waited for by promise: right where the disk is local. */
export function createInstantReader() {
  let scratch = Buffer.allocUnsafeSlow(smallest);

  function roomFor(bytes: number): Buffer {
    if (scratch.length < bytes) scratch = Buffer.allocUnsafeSlow(Math.max(bytes, 2 * scratch.length));
    return scratch;
  }

  return function readNow({ native, path }: LocalFile, { seen, limit, into }: ReadOptions): WholeFile {
    const wanted = Math.min(seen.size, limit) + 1;
    const memory = into ?? roomFor(wanted);
    try {
      const fd = openSync(native, plainFile);
      try {
        let filled = readSync(fd, memory, 0, wanted, null);
        const stats = fstatSync(fd, { bigint: true });
        refuseOther(path, stats);
        // Fewer bytes than asked for are not the end yet where the file has more.
        while (filled < wanted && BigInt(filled) < stats.size) {
          const bytes = readSync(fd, memory, filled, wanted - filled, null);
          if (bytes === 0) break;
          filled += bytes;
        }
        return { ...outcomeOf(stats, seen, filled), content: memory.subarray(0, filled) };
      } finally {
        closeSync(fd);
      }
    } catch (error) {
      throw translateFileError(error, path);
    }
  };
}

/** The same by promises, for a source with latency: many can be under way. */
export async function readWhole({ native, path }: LocalFile, { seen, limit }: ReadOptions): Promise<WholeFile> {
  const wanted = Math.min(seen.size, limit) + 1;
  const content = Buffer.allocUnsafeSlow(wanted);
  try {
    const fd = await openAside(native, plainFile);
    try {
      let filled = 0;
      while (filled < wanted) {
        const { bytesRead } = await readAside(fd, content, filled, wanted - filled, null);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      const stats = await fstatAside(fd, { bigint: true });
      refuseOther(path, stats);
      return { ...outcomeOf(stats, seen, filled), content: content.subarray(0, filled) };
    } finally {
      await closeAside(fd);
    }
  } catch (error) {
    throw translateFileError(error, path);
  }
}

function outcomeOf(stats: BigIntStats, seen: FileState, bytes: number): Omit<WholeFile, 'content'> {
  const state = { size: Number(stats.size), mtime: timestamp(stats.mtimeNs), ctime: timestamp(stats.ctimeNs) };
  const isSame = state.size === seen.size && state.mtime === seen.mtime && state.ctime === seen.ctime;
  return { state, changed: !isSame || bytes !== state.size };
}
