import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

export const root = join(__dirname, '../../..');
export const recipes = join(root, 'deploy');

export function readText(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** Every file below `deploy/`, as a path from the root of the project. */
export function recipeFiles(): string[] {
  return readdirSync(recipes, { recursive: true, encoding: 'utf8' })
    .map((name) => join(recipes, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => relative(root, path))
    .sort();
}

export function hasProgram(program: string, args: readonly string[] = ['--version']): boolean {
  return spawnSync(program, args).error === undefined;
}

/** Tests that need a program, which `.ci/run` installs: skipped where it is missing, and an error there. */
export function withProgram(program: string, args?: readonly string[]) {
  if (hasProgram(program, args)) return describe;
  if (process.env['CI'] === 'true') throw new Error(`${program} is needed in CI`);
  console.info(`Skipped: ${program} is not installed`);
  return describe.skip;
}
