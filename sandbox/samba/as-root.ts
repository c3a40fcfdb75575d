import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { openSync } from 'node:fs';

const isRoot = process.getuid?.() === 0;

/** Runs a program as root, which smbd and its accounts need. */
export function asRoot(program: string, args: readonly string[], input = ''): string {
  const [file = '', ...rest] = isRoot ? [program, ...args] : ['sudo', '-n', program, ...args];
  return execFileSync(file, rest, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
}

/** A pipe from cat: what Node makes is a socket, over which smbd would serve. */
const withPipe = ['bash', '-c', 'exec "$0" "$@" < <(exec cat)'];

/** Starts a program as root, which goes on in a process group of its own. Its stdin is a pipe that ends with this process. */
export function spawnAsRoot(program: string, args: readonly string[], log: string): ChildProcess {
  const [file = '', ...rest] = [...(isRoot ? [] : ['sudo', '-n']), ...withPipe, program, ...args];
  const out = openSync(log, 'a');
  return spawn(file, rest, { stdio: ['pipe', out, out], detached: true });
}
