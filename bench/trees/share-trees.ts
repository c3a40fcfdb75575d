import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { generateShare } from '../../sandbox/share-generator/generate-share';
import type { Context } from '../harness/context';
import { runProcess } from '../harness/run-process';
import { countTree } from './count-tree';
import { keepTree } from './kept-tree';

export interface ShareTree {
  readonly root: string;
  readonly about: string;
}

const installed = dirname(dirname(require.resolve('zod/package.json')));
const fillUp = ['/usr/include', '/usr/share/doc', '/usr/lib/node_modules', '/usr/lib/python3', '/usr/share/perl', '/usr/share'];
const enoughFiles = 80_000;

/** Real files: the installed packages of this checkout, and as many other trees of this machine as it takes. */
export async function modulesTree(context: Context): Promise<ShareTree> {
  const lock = await readFile(join(dirname(installed), 'package-lock.json'));
  const root = await keepTree(context, {
    name: 'modules',
    recipe: createHash('sha256').update(lock).digest('hex'),
    async build(target) {
      for (const source of [installed, ...fillUp.filter((path) => existsSync(path))]) {
        if ((await countTree(target)).files >= enoughFiles) return;
        await copyTree(context, source, join(target, source === installed ? basename(source) : source));
      }
      const { files } = await countTree(target);
      if (files < enoughFiles)
        throw new Error(`this machine has only ${files} of the ${enoughFiles} real files wanted; use --share DIR`);
    },
  });
  return { root, about: 'real files: the installed packages of this checkout, filled up from /usr' };
}

/** What the sandbox makes: sites with many equal files, and every awkward entry a Linux disk can hold. */
export async function sandboxTree(context: Context): Promise<ShareTree> {
  const root = await keepTree(context, {
    name: 'sandbox',
    recipe: 'as the sandbox generates it',
    build: async (target) => {
      await generateShare(target);
    },
  });
  return { root, about: "the sandbox's generated share" };
}

/** A copy, because it is going to be changed; it goes with the working directory. */
export async function ownTree(context: Context, source: string): Promise<ShareTree> {
  const root = join(context.work, 'share');
  context.say(`copying ${source}`);
  await copyTree(context, resolve(source), root);
  return { root, about: 'a tree given with --share' };
}

async function copyTree({ signal }: Context, source: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  await runProcess({ argv: ['cp', '-a', '--', `${source}/.`, target] }, signal);
}
