import { execFileSync } from 'node:child_process';
import { closeSync, ftruncateSync, linkSync, mkdirSync, openSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { brokenName } from '../../sandbox/share-generator/odd-names';
import { writeOddFiles } from '../../sandbox/share-generator/odd-files';

/** Every entry that can be kept: those of the sandbox's share, and what would be too much for a trial. */
export function makeOddTree(share: string): void {
  mkdirSync(share);
  const refused = writeOddFiles(share);
  if (refused.length > 0) throw new Error(`this disk refuses ${refused.join(', ')}`);
  many(join(share, 'many'), 20_000);
  sparse(join(share, 'sparse.vhd'), 64 * 1024 * 1024);
  hardLinks(join(share, 'hard'));
  times(join(share, 'times'));
  symlinkSync(brokenName, join(share, 'to-broken'));
}

function many(directory: string, files: number) {
  mkdirSync(directory);
  for (let i = 0; i < files; i++) writeFileSync(join(directory, `${i}.txt`), i % 10 === 0 ? '' : `${i % 100}\n`);
}

function sparse(path: string, bytes: number) {
  const file = openSync(path, 'w');
  ftruncateSync(file, bytes);
  closeSync(file);
}

function hardLinks(directory: string) {
  mkdirSync(directory);
  writeFileSync(join(directory, 'one'), 'two names, one inode\n'.repeat(1000));
  linkSync(join(directory, 'one'), join(directory, 'two'));
}

function times(directory: string) {
  for (const [name, date] of [
    ['future', '2200-02-29T23:59:59.999Z'],
    ['past', '1901-12-14T00:00:00.123Z'],
  ] as const) {
    mkdirSync(join(directory, name), { recursive: true });
    writeFileSync(join(directory, name, 'file'), name);
    for (const path of [join(name, 'file'), name]) utimesSync(join(directory, path), new Date(date), new Date(date));
  }
}

/** What no backup of files can hold, with the server that keeps the socket. */
export async function makeSpecials(directory: string) {
  mkdirSync(directory);
  execFileSync('mkfifo', [join(directory, 'pipe')]);
  execFileSync('mknod', [join(directory, 'null'), 'c', '1', '3']);
  execFileSync('mknod', [join(directory, 'loop'), 'b', '7', '0']);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(join(directory, 'socket'), resolve));
  return server;
}

/** Directories in one another whose paths no system call takes whole, with a file in each; made step by step. */
export function makeTooDeep(directory: string): void {
  mkdirSync(directory);
  const steps = `
    for (let level = 0; level < 18; level++) {
      const name = String(level).padEnd(250, 'd');
      require('fs').mkdirSync(name);
      process.chdir(name);
      require('fs').writeFileSync('file', 'level ' + level);
    }`;
  execFileSync(process.execPath, ['-e', steps], { cwd: directory });
}
