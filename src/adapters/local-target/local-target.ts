import { closeSync, futimesSync, mkdirSync, openSync, symlinkSync, unlinkSync, utimesSync, writeSync } from 'node:fs';
import { mkdir, open, readdir, unlink } from 'node:fs/promises';
import { pathToBytes, isEscaped, shownPath, type SharePath } from '../../contracts/share-path';
import { HubkeepError } from '../../errors/hubkeep-error';
import type { FileTarget } from '../../ports/file-target';
import { safePath } from './safe-path';
import { utimesSeconds } from './utimes-seconds';

const epoch = 0;

/** A directory on this machine, or a mounted share. */
export function createLocalTarget(directory: string): FileTarget {
  const root = directory.replace(/(?<=.)[\\/]+$/, '');
  return {
    location: root,

    async prepare() {
      await mkdir(root, { recursive: true });
      if ((await readdir(root)).length === 0) return;
      throw new HubkeepError('restore.target-not-empty', `${root} is not empty`, {
        hint: 'Name a directory that does not exist or is empty: nothing that is there is ever overwritten.',
      });
    },

    makeDirectory(path) {
      guarded(path, () => mkdirSync(safePath(root, path)));
    },

    writeFile(path, content, mtime) {
      const place = safePath(root, path);
      const fd = guarded(path, () => openSync(place, 'wx', 0o644));
      try {
        for (let at = 0; at < content.length;) at += writeSync(fd, content, at);
        futimesSync(fd, epoch, utimesSeconds(mtime));
      } catch (error) {
        closeSync(fd);
        unlinkSync(place);
        throw failedWrite(path, error);
      }
      closeSync(fd);
    },

    async writeLargeFile(path, content, mtime) {
      const place = safePath(root, path);
      const file = await open(place, 'wx', 0o644).catch((error: unknown) => {
        throw failedWrite(path, error);
      });
      try {
        for await (const chunk of content) await file.writeFile(chunk);
        await file.utimes(epoch, utimesSeconds(mtime));
        await file.close();
      } catch (error) {
        await file.close().catch(() => undefined);
        await unlink(place);
        throw error instanceof HubkeepError ? error : failedWrite(path, error);
      }
    },

    makeSymlink(path, target) {
      guarded(path, () => {
        symlinkSync(isEscaped(target) ? pathToBytes(target) : target, safePath(root, path));
      });
    },

    setDirectoryTime(path, mtime) {
      guarded(path, () => {
        utimesSync(safePath(root, path), epoch, utimesSeconds(mtime));
      });
    },
  };
}

function guarded<T>(path: SharePath, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof HubkeepError ? error : failedWrite(path, error);
  }
}

function failedWrite(path: SharePath, cause: unknown): HubkeepError {
  return new HubkeepError('restore.incomplete', `${shownPath(path)} could not be written`, {
    hint: 'Check the free space and permissions of the target, empty it and restore again.',
    cause,
  });
}
