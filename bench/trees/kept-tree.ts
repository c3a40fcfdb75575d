import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../harness/context';
import { remove } from '../harness/scratch';

export interface KeptTree {
  readonly name: string;
  /** What it is made of: another recipe makes another tree. */
  readonly recipe: string;
  build(root: string): Promise<void>;
}

/** The directory of a tree that stays from run to run; built when it is missing, was left unfinished, or has another recipe. */
export async function keepTree({ trees, say }: Context, { name, recipe, build }: KeptTree): Promise<string> {
  const root = join(trees, name);
  if ((await readSeal(root)) === recipe) return root;
  say(`building the tree ${name}`);
  await breakSeal(root);
  await remove(root);
  await mkdir(root);
  await build(root);
  await seal(root, recipe);
  return root;
}

/**
 * For whoever changes a tree: it counts as unfinished until the function given back is called, after everything is as before.
 */
export async function unsealTree(root: string): Promise<() => Promise<void>> {
  const recipe = await readSeal(root);
  await breakSeal(root);
  return async () => {
    if (recipe !== undefined) await seal(root, recipe);
  };
}

const sealOf = (root: string) => `${root}.recipe`;

function readSeal(root: string): Promise<string | undefined> {
  return readFile(sealOf(root), 'utf8').catch(() => undefined);
}

function breakSeal(root: string): Promise<void> {
  return rm(sealOf(root), { force: true });
}

function seal(root: string, recipe: string): Promise<void> {
  return writeFile(sealOf(root), recipe);
}
