import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../harness/context';
import { keepTree } from './kept-tree';
import { createNoise } from './noise';
import { createRandom } from './random';
import { createText } from './text';
import { writeFiles } from './write-files';

const kib = 1024;
const mib = 1024 * kib;

/** Files of 1 to 20 KB of text, eight in a directory. */
export function smallFiles(context: Context, files: number): Promise<string> {
  return keepTree(context, {
    name: `small-${files}`,
    recipe: 'text of 1 to 20 KiB, 8 in a directory',
    async build(root) {
      const random = createRandom(1);
      const fill = createText(random);
      const buffer = Buffer.alloc(20 * kib);
      const content = () => {
        const text = buffer.subarray(0, kib + random(19 * kib));
        fill(text);
        return text;
      };
      await writeFiles(root, { files, perDirectory: 8, content }, context.signal);
    },
  });
}

/** Files of 64 to 600 bytes that do not compress, all different, 200 in a directory. */
export function tinyFiles(context: Context, files: number): Promise<string> {
  return keepTree(context, {
    name: `tiny-${files}`,
    recipe: 'noise of 64 to 600 bytes, 200 in a directory',
    async build(root) {
      const random = createRandom(2);
      const noise = createNoise();
      const content = () => noise(64 + random(537));
      await writeFiles(root, { files, perDirectory: 200, content }, context.signal);
    },
  });
}

export const largeFileName = 'large.bin';

/** One file, one MiB of text and one of noise by turns. */
export function largeFile(context: Context, bytes: number): Promise<string> {
  return keepTree(context, {
    name: `large-${bytes}`,
    recipe: 'text and noise, 1 MiB each by turns',
    async build(root) {
      const fill = createText(createRandom(3));
      const noise = createNoise();
      const text = Buffer.alloc(mib);
      const file = await open(join(root, largeFileName), 'wx');
      try {
        for (let at = 0, turn = 0; at < bytes; at += mib, turn++) {
          context.signal.throwIfAborted();
          if (turn % 2 === 0) fill(text);
          await file.write(turn % 2 === 0 ? text : noise(mib), 0, Math.min(mib, bytes - at));
        }
        await file.utimes(Date.UTC(2025, 0, 1) / 1000, Date.UTC(2025, 0, 1) / 1000);
      } finally {
        await file.close();
      }
    },
  });
}
