import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface TreeCount {
  readonly files: number;
  readonly directories: number;
  /** The sum of the sizes of the files. */
  readonly bytes: number;
}

export async function countTree(root: string): Promise<TreeCount> {
  const find = spawn('find', [root, '-mindepth', '1', '-printf', '%y %s\\n'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(find, 'close') as Promise<[number | null]>;
  const count = { files: 0, directories: 0, bytes: 0 };
  for await (const line of createInterface({ input: find.stdout })) {
    const [type, size] = line.split(' ');
    if (type === 'd') count.directories += 1;
    if (type !== 'f') continue;
    count.files += 1;
    count.bytes += Number(size);
  }
  const [code] = await ended;
  if (code !== 0) throw new Error(`${root} could not be counted`);
  return count;
}
