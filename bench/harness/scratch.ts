import { mkdir, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProcess } from './run-process';

export interface Scratch {
  /** Generated trees; they stay for the next run. */
  readonly trees: string;
  /** This process's own; removed by `close`. */
  readonly work: string;
  close(): Promise<void>;
}

const ownWork = /^work-(\d+)$/;

/** Also removes what benches that were killed have left. */
export async function openScratch(): Promise<Scratch> {
  const root = join(tmpdir(), 'hubkeep-bench');
  const [trees, work] = [join(root, 'trees'), join(root, `work-${process.pid}`)];
  await mkdir(trees, { recursive: true });
  for (const name of await readdir(root)) {
    const owner = ownWork.exec(name)?.[1];
    if (owner !== undefined && !isAlive(Number(owner))) await remove(join(root, name));
  }
  await mkdir(work);
  return { trees, work, close: () => remove(work) };
}

/** With everything in it; a million files are too slow for Node's own way. Not stopped by an abort: it is part of cleaning up. */
export async function remove(path: string): Promise<void> {
  await runProcess({ argv: ['rm', '-rf', '--', path] }, new AbortController().signal);
}

function isAlive(pid: number): boolean {
  try {
    return pid === process.pid ? false : process.kill(pid, 0);
  } catch {
    return false;
  }
}
