import { appendFileSync, readdirSync, renameSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { remove } from '../harness/scratch';
import { unsealTree } from './kept-tree';

const every = 100;
const few = 5;

/**
 * Does `work` while one file in a hundred has a line more, five files are new and five are gone. The change is the same at
 * every call, and afterwards everything is as before, but for the times of directories.
 */
export async function whileChanged<T>(root: string, work: () => Promise<T>): Promise<T> {
  const reseal = await unsealTree(root);
  const aside = `${root}.aside`;
  const undo: (() => void)[] = [];
  await mkdir(aside);
  try {
    change({ root, aside, undo });
    return await work();
  } finally {
    for (const step of undo.toReversed()) step();
    await remove(aside);
    await reseal();
  }
}

interface Change {
  readonly root: string;
  readonly aside: string;
  /** How to take back what was done, step by step. */
  readonly undo: (() => void)[];
}

function change({ root, aside, undo }: Change): void {
  const files = plainFiles(root);
  const every100th = files.filter((_, i) => i % every === every / 2);
  for (const path of every100th) {
    const { size, atimeMs, mtimeMs } = statSync(path);
    undo.push(() => {
      truncateSync(path, size);
      utimesSync(path, atimeMs / 1000, mtimeMs / 1000);
    });
    appendFileSync(path, 'one line more\n');
  }
  const spread = Array.from({ length: few }, (_, i) => files[Math.floor((i * files.length) / few)]!);
  spread.forEach((path, i) => {
    const added = `${path}.added`;
    undo.push(() => {
      rmSync(added, { force: true });
    });
    writeFileSync(added, `new file ${i}\n`);
    renameSync(path, join(aside, String(i)));
    undo.push(() => {
      renameSync(join(aside, String(i)), path);
    });
  });
}

/** Sorted; without those whose names are no text, which Node cannot open under what it shows. */
function plainFiles(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes('\uFFFD'))
    .sort();
}
