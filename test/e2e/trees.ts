import { execFileSync, spawnSync } from 'node:child_process';
import { lstatSync, readdirSync } from 'node:fs';

/** What `diff` has to say about two trees: nothing when they hold the same. */
export function differences(a: string, b: string): string {
  const { stdout, stderr } = spawnSync('diff', ['-r', '--no-dereference', a, b], { maxBuffer: 1 << 26 });
  return `${stdout.toString()}${stderr.toString()}`;
}

export function copyTree(from: string, to: string): void {
  execFileSync('cp', ['-a', from, to]);
}

export interface Entry {
  /** Bytes as hex where they are no UTF-8. */
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'symlink';
  /** Whole milliseconds, rounded down. */
  readonly modified: number;
}

/** Every entry below a directory, in no particular order. */
export function entriesOf(root: string): Entry[] {
  const walk = (directory: Buffer, below: string): Entry[] =>
    readdirSync(directory, { encoding: 'buffer' }).flatMap((name) => {
      const path = Buffer.concat([directory, Buffer.from('/'), name]);
      const found = lstatSync(path, { bigint: true });
      const kind = found.isDirectory() ? 'directory' : found.isSymbolicLink() ? 'symlink' : 'file';
      const shown = `${below}/${printable(name)}`;
      const entry: Entry = { path: shown, kind, modified: Number(found.mtimeNs / 1_000_000n) };
      return kind === 'directory' ? [entry, ...walk(path, shown)] : [entry];
    });
  return walk(Buffer.from(root), '');
}

function printable(name: Buffer): string {
  const text = name.toString('utf8');
  return Buffer.from(text).equals(name) ? text : name.toString('hex');
}

export const filesIn = (root: string): Entry[] => entriesOf(root).filter(({ kind }) => kind === 'file');
