import { closeSync, constants, futimesSync, lstatSync, openSync, renameSync, type Stats, unlinkSync, writeSync } from 'node:fs';
import type { SharePath } from '../../contracts/share-path';
import type { Timestamp } from '../../ports/file-source';
import type { FileWriter, LargeFile, TargetFile, WriterData } from '../../ports/file-target';
import { codeIs, failedWrite, notOurs } from './failed-write';
import { safePath } from './safe-path';
import { utimesSeconds } from './utimes-seconds';

const epoch = 0;
const create = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
const mode = 0o644;
/** The coarsest step in which a file system keeps times. */
const timeStepMs = 2_000;

/** @param thread tells the large files of several threads apart. */
export function createLocalWriter(data: WriterData, thread: number): FileWriter {
  const { root, reserved, resumed } = data;
  let large = 0;

  function holds({ path, size, mtime }: TargetFile): boolean {
    if (resumed === undefined) return false;
    const found = lookAt(safePath(data, path));
    if (found === undefined) return false;
    if (!found.isFile()) throw notOurs(path);
    return resumed.trusted && !isUnfinished(found) && found.size === size && isNear(found, mtime);
  }

  /** What is written to its end has the time of its source; nothing else does, unless that time is yet to come. */
  function isUnfinished({ mtimeMs }: Stats): boolean {
    return resumed !== undefined && mtimeMs >= resumed.beganMs;
  }

  /** Makes room for a file where the unfinished restore left one half done, and for nothing else. */
  function removeUnfinished(path: SharePath, place: string | Buffer) {
    const found = lookAt(place);
    if (found === undefined) return;
    if (resumed === undefined || !found.isFile() || (resumed.trusted && !isUnfinished(found))) throw notOurs(path);
    unlinkSync(place);
  }

  function createFile(path: SharePath, place: string | Buffer): number {
    try {
      return openSync(place, create, mode);
    } catch (error) {
      if (!codeIs(error, 'EEXIST')) throw error;
      removeUnfinished(path, place);
      return openSync(place, create, mode);
    }
  }

  return {
    holds: (file) => attempt(file.path, () => holds(file)),

    writeFile(path, content, mtime) {
      attempt(path, () => {
        const fd = createFile(path, safePath(data, path));
        try {
          writeAll(fd, content);
          setTime(fd, mtime);
        } finally {
          closeSync(fd);
        }
      });
    },

    openLarge({ path, mtime }): LargeFile {
      return attempt(path, () => {
        const place = safePath(data, path);
        const part = `${root}/${reserved}.${thread}-${(large += 1)}.part`;
        const fd = openSync(part, create, mode);
        return {
          write: (content) => {
            attempt(path, () => {
              writeAll(fd, content);
            });
          },
          finish: () => {
            attempt(path, () => {
              setTime(fd, mtime);
              closeSync(fd);
              removeUnfinished(path, place);
              renameSync(part, place);
            });
          },
        };
      });
    },
  };
}

function lookAt(place: string | Buffer): Stats | undefined {
  return lstatSync(place, { throwIfNoEntry: false });
}

function writeAll(fd: number, content: Uint8Array) {
  for (let at = 0; at < content.length;) at += writeSync(fd, content, at);
}

function setTime(fd: number, mtime: Timestamp) {
  futimesSync(fd, epoch, utimesSeconds(mtime));
}

function isNear({ mtimeMs }: Stats, mtime: Timestamp): boolean {
  return Math.abs(mtimeMs - Number(mtime) * 1000) <= timeStepMs;
}

function attempt<T>(path: SharePath, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw failedWrite(path, error);
  }
}
