import { closeSync, constants, openSync, renameSync, type Stats, unlinkSync } from 'node:fs';
import type { SharePath } from '../../contracts/share-path';
import type { FileWriter, LargeFile, TargetFile, Verdict, WriterData } from '../../ports/file-target';
import { attempt, codeIs, notOurs } from './failed-write';
import { isNear, lookAt } from './judge';
import { createMergingWriter } from './merging-writer';
import { safePath } from './safe-path';
import { setTime, writeAll } from './write-file';

const create = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
const mode = 0o644;
const created: Verdict = { is: 'create' };
const equal: Verdict = { is: 'equal' };

/** @param thread tells the large files of several threads apart. */
export function createLocalWriter(data: WriterData, thread: number): FileWriter {
  const { overwrite } = data;
  return overwrite === undefined ? createPlainWriter(data, thread) : createMergingWriter({ ...data, overwrite }, thread);
}

/** For a target that was empty: small files are written in place, and nothing is ever overwritten. */
function createPlainWriter(data: WriterData, thread: number): FileWriter {
  const { root, reserved, resumed } = data;
  let large = 0;

  function look({ path, size, mtime }: TargetFile): Verdict {
    const place = safePath(data, path);
    if (resumed === undefined) return created;
    const found = lookAt(place);
    if (found === undefined) return created;
    if (!found.isFile()) throw notOurs(path);
    const isWhole = resumed.trusted && !isUnfinished(found) && found.size === size && isNear(found, mtime);
    return isWhole ? equal : created;
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
    look: (file) => attempt(file.path, () => look(file)),

    writeFile({ path, mtime }, content) {
      return attempt(path, () => {
        const fd = createFile(path, safePath(data, path));
        try {
          writeAll(fd, content);
          setTime(fd, mtime);
        } finally {
          closeSync(fd);
        }
        return created;
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
          finish: () =>
            attempt(path, () => {
              setTime(fd, mtime);
              closeSync(fd);
              removeUnfinished(path, place);
              renameSync(part, place);
              return created;
            }),
        };
      });
    },
  };
}
