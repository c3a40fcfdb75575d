import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { whileChanged } from '../../bench/trees/change-tree';

const root = join(mkdtempSync(join(tmpdir(), 'hubkeep-change-')), 'tree');

beforeAll(() => {
  for (let i = 0; i < 400; i++) {
    const directory = join(root, `d${i % 7}`);
    mkdirSync(directory, { recursive: true });
    const file = join(directory, `f${i}`);
    writeFileSync(file, `file ${i}\n`);
    utimesSync(file, 1_700_000_000 + i, 1_700_000_000 + i);
  }
});

afterAll(() => {
  rmSync(join(root, '..'), { recursive: true });
});

function look(): Map<string, string> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return new Map(paths.map((path) => [path, `${Math.round(statSync(path).mtimeMs / 1000)} ${readFileSync(path, 'utf8')}`]));
}

/** Content alone: when it happens differs. */
function contents(files: ReadonlyMap<string, string>): string[] {
  return [...files].map(([path, text]) => `${path} ${text.replace(/^\d+ /, '')}`);
}

test('one file in a hundred is changed, five come and five go, always the same, and afterwards all is as before', async () => {
  const before = look();
  const first = await whileChanged(root, async () => look());
  expect(look()).toEqual(before);
  const second = await whileChanged(root, async () => look());
  expect(contents(second)).toEqual(contents(first));

  const added = [...first.keys()].filter((path) => !before.has(path));
  const removed = [...before.keys()].filter((path) => !first.has(path));
  const longer = [...first.values()].filter((text) => text.endsWith('one line more\n'));
  expect([added.length, removed.length, longer.length]).toEqual([5, 5, 4]);
});

test('work that fails leaves the tree as it was', async () => {
  const before = look();
  await expect(whileChanged(root, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(look()).toEqual(before);
});
