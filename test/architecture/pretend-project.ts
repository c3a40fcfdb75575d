import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const root = resolve(__dirname, '../../..');
const rules = ['.dependency-cruiser.cjs', 'eslint.config.mjs', 'eslint-imports.mjs', 'package.json', 'tsconfig.json'];

/** A project of a few files under the rules of this one. */
export interface PretendProject {
  /** The names of the reachability rules that are broken, each once, sorted. */
  brokenLayers(): string[];
  /** What lint says of one file: `rule: message`. */
  lint(file: string): string[];
  remove(): void;
}

/** `files` by path, with the path of the real file to copy, or a text. */
export function createPretendProject(files: Readonly<Record<string, string | { readonly copy: string }>>): PretendProject {
  const directory = mkdtempSync(join(tmpdir(), 'hubkeep-rules-'));
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
  for (const name of rules) copyFileSync(join(root, name), join(directory, name));
  for (const [path, content] of Object.entries(files)) {
    const target = join(directory, path);
    mkdirSync(dirname(target), { recursive: true });
    if (typeof content === 'string') writeFileSync(target, content);
    else copyFileSync(join(root, content.copy), target);
  }

  function run(tool: string, args: readonly string[]): unknown {
    const { stdout, stderr } = spawnSync(process.execPath, [join(root, 'node_modules', tool), ...args], {
      cwd: directory,
      encoding: 'utf8',
    });
    try {
      return JSON.parse(stdout);
    } catch (error) {
      throw new Error(`${tool} said no JSON: ${stdout}${stderr}`, { cause: error });
    }
  }

  return {
    brokenLayers() {
      const args = ['src', '--config', '.dependency-cruiser.cjs', '--output-type', 'json'];
      const { summary } = run('dependency-cruiser/bin/dependency-cruiser.mjs', args) as {
        summary: { violations: { rule: { name: string } }[] };
      };
      return [...new Set(summary.violations.map(({ rule }) => rule.name))].sort();
    },
    lint(file) {
      const [result] = run('eslint/bin/eslint.js', ['--format', 'json', file]) as [
        { messages: { ruleId: string | null; message: string }[] },
      ];
      return result.messages.map(({ ruleId, message }) => `${ruleId}: ${message}`);
    },
    remove: () => rmSync(directory, { recursive: true }),
  };
}
