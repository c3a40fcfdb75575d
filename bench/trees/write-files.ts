import { closeSync, futimesSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

export interface FilesToWrite {
  readonly files: number;
  readonly perDirectory: number;
  /** Good until the next call. */
  content(number: number): Uint8Array;
}

const modified = Date.UTC(2025, 0, 1) / 1000;

/** Files in two levels of directories, a hundred directories in one; all modified on one day long ago. */
export async function writeFiles(
  root: string,
  { files, perDirectory, content }: FilesToWrite,
  signal: AbortSignal,
): Promise<void> {
  for (let first = 0; first < files; first += perDirectory) {
    signal.throwIfAborted();
    const directory = join(root, pathOf(first / perDirectory));
    mkdirSync(dirname(directory), { recursive: true });
    mkdirSync(directory);
    for (let number = first; number < Math.min(files, first + perDirectory); number++) {
      writeFile(join(directory, `file-${String(number).padStart(7, '0')}.txt`), content(number));
    }
    // A signal is not seen otherwise.
    await setImmediate();
  }
}

function pathOf(directory: number): string {
  const [above, below] = [Math.floor(directory / 100), directory % 100];
  return `part-${String(above).padStart(3, '0')}/group-${String(below).padStart(2, '0')}`;
}

function writeFile(path: string, content: Uint8Array): void {
  const file = openSync(path, 'wx');
  writeSync(file, content);
  futimesSync(file, modified, modified);
  closeSync(file);
}
