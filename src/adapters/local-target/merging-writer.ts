import { closeSync, constants, fchmodSync, openSync, renameSync, unlinkSync } from 'node:fs';
import type { FileWriter, LargeFile, TargetFile, Verdict } from '../../ports/file-target';
import { attempt, codeOf } from './failed-write';
import { isToWrite, judgeFile, type Judged, type MergingData } from './judge';
import { setTime, writeAll } from './write-file';

const create = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
const mode = 0o644;
const permissions = 0o777;

/** What keeps one file from being replaced and says nothing of the others. */
const refusals: Readonly<Record<string, string>> = {
  EACCES: 'access is denied',
  EPERM: 'access is denied',
  EBUSY: 'it is in use',
  EISDIR: 'a directory is there',
  ENOTDIR: 'a file is on the way',
  EXDEV: 'it lies on another file system than the target',
};

/** For a target that may hold something: every file is written beside the tree and takes its name once it is whole. */
export function createMergingWriter(data: MergingData, thread: number): FileWriter {
  const { root, reserved, attempt: of = 'own' } = data;
  let parts = 0;

  const newPart = () => `${root}/${reserved}.${of}.${thread}-${(parts += 1)}.part`;

  return {
    look: (file) => attempt(file.path, () => judgeFile(data, file).verdict),

    writeFile(file, content) {
      return attempt(file.path, () => {
        const judged = judgeFile(data, file);
        if (!isToWrite(judged.verdict)) return judged.verdict;
        const part = newPart();
        const fd = openSync(part, create, mode);
        try {
          writeAll(fd, content);
          finishPart(fd, judged, file);
        } finally {
          closeSync(fd);
        }
        return putInPlace(part, judged);
      });
    },

    openLarge(file): LargeFile {
      const part = newPart();
      const fd = attempt(file.path, () => openSync(part, create, mode));
      return {
        write: (content) => {
          attempt(file.path, () => {
            writeAll(fd, content);
          });
        },
        finish: () =>
          attempt(file.path, () => {
            const judged = judgeFile(data, file);
            finishPart(fd, judged, file);
            closeSync(fd);
            if (isToWrite(judged.verdict)) return putInPlace(part, judged);
            unlinkSync(part);
            return judged.verdict;
          }),
      };
    },
  };
}

function finishPart(fd: number, { found }: Judged, { mtime }: TargetFile) {
  // Windows keeps rights elsewhere.
  if (found !== undefined && process.platform !== 'win32') fchmodSync(fd, found.mode & permissions);
  setTime(fd, mtime);
}

/** Renames a part to what it is of; says why where that one cannot be replaced, and others can. */
export function putInPlace(part: string, { place, verdict }: Judged): Verdict {
  try {
    renameSync(part, place);
    return verdict;
  } catch (error) {
    unlinkSync(part);
    const why = refusals[codeOf(error) ?? ''];
    if (why === undefined) throw error;
    return { is: 'blocked', why };
  }
}
