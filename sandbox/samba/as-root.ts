import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { openSync } from 'node:fs';

const isRoot = process.getuid?.() === 0;

/** Runs a program as root, which smbd and its accounts need. */
export function asRoot(program: string, args: readonly string[], input = ''): string {
  const [file = '', ...rest] = isRoot ? [program, ...args] : ['sudo', '-n', program, ...args];
  return execFileSync(file, rest, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
}

/** Starts a program as root, which goes on. */
export function spawnAsRoot(program: string, args: readonly string[], log: string): ChildProcess {
  const [file = '', ...rest] = isRoot ? [program, ...args] : ['sudo', '-n', program, ...args];
  const out = openSync(log, 'a');
  return spawn(file, rest, { stdio: ['ignore', out, out] });
}
