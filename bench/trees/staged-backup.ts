import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../harness/context';
import { createNoise } from './noise';

export interface StagedBackup {
  readonly directory: string;
  readonly name: string;
  readonly bytes: number;
}

const mib = 1024 * 1024;

/** A file in place of a compressed backup; it goes with the bench's own directory. */
export async function stageBackup({ work, signal }: Context, bytes: number): Promise<StagedBackup> {
  const directory = join(work, 'staging');
  const name = `bench-${bytes}.bak`;
  const noise = createNoise();
  await mkdir(directory, { recursive: true });
  const file = await open(join(directory, name), 'wx');
  try {
    for (let at = 0; at < bytes; at += mib) {
      signal.throwIfAborted();
      await file.writeFile(noise(Math.min(mib, bytes - at)));
    }
  } finally {
    await file.close();
  }
  return { directory, name, bytes };
}
