import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStage, type Stage } from './stage';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  expect((await stage.hubkeep('backup')).code).toBe(0);
});
afterAll(() => stage.close());

const filesIn = (target: string) =>
  readdirSync(target, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(target, path)).isFile())
    .sort();

test('a list of paths on stdin brings those, and names what the point does not have', async () => {
  const target = join(stage.work, 'listed');
  const list = './site1/nothing.txt\r\nsite0/empty\n\nsite2/*.bin\nsite1/große Datei – ünïcode.txt\n';
  const args = ['restore', 'latest', '--fileshare', target, '--paths-from', '-'];
  const answer = await stage.hubkeepReading(list, ...args);
  expect([answer.code, answer.stdout]).toEqual([3, expect.stringContaining('not in the recovery point  site2/*.bin\n')]);
  expect(filesIn(target)).toEqual(['site1/große Datei – ünïcode.txt', 'site1/nothing.txt']);
  expect(existsSync(join(target, 'site0/empty/below'))).toBe(true);
});

test('a list in a file, ended by NUL, goes together with --include', async () => {
  const target = join(stage.work, 'listed-too');
  const list = join(stage.work, 'list');
  writeFileSync(list, 'site1/nothing.txt\0site2/wwwroot/web.config\0');
  const args = [
    'restore',
    'latest',
    '--fileshare',
    target,
    '--paths-from',
    list,
    '-0',
    '--include',
    'site0/**/web.config',
    '--json',
  ];
  const answer = await stage.hubkeep(...args);
  expect({ code: answer.code, ...answer.json() }).toMatchObject({ code: 0, fileshare: { files: 3, notFound: [] } });
  expect(filesIn(target)).toEqual(['site0/wwwroot/web.config', 'site1/nothing.txt', 'site2/wwwroot/web.config']);
});

test('a list that matches nothing fails, and one that is empty or cannot be read restores nothing', async () => {
  const target = join(stage.work, 'none');
  const args = ['restore', 'latest', '--fileshare', target, '--paths-from'];
  const none = await stage.hubkeepReading('nowhere\n', ...args, '-');
  expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('nothing in the share matches a list of 1 path')]);
  const empty = await stage.hubkeepReading('\n', ...args, '-');
  expect([empty.code, empty.stderr]).toEqual([2, expect.stringContaining('the list on stdin names no path')]);
  const missing = await stage.hubkeep(...args, join(stage.work, 'nowhere'));
  expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('cannot be read (ENOENT)')]);
});

test('says what it would do without doing it, and then does it', async () => {
  const target = join(stage.work, 'used');
  const outside = join(stage.work, 'outside');
  mkdirSync(join(target, 'site0/wwwroot'), { recursive: true });
  mkdirSync(outside);
  writeFileSync(join(target, 'site0/wwwroot/web.config'), 'newer than the point');
  writeFileSync(join(target, 'mine.txt'), 'mine');
  symlinkSync(outside, join(target, 'site2'));
  const args = ['restore', 'latest', '--fileshare', target];
  const refused = await stage.hubkeep(...args, '--dry-run');
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('is not empty')]);

  const said = await stage.hubkeep(...args, '--overwrite', 'always', '--dry-run', '--json');
  expect({ code: said.code, ...said.json() }).toMatchObject({
    ...{ code: 3, dryRun: true },
    fileshare: {
      merged: {
        created: { files: 84, paths: expect.arrayContaining(['site1/large.bin']) },
        replaced: { files: 1, bytes: 17, paths: ['site0/wwwroot/web.config'] },
        ...{ equal: { files: 0 }, kept: { files: 0 } },
        notRestored: { entries: expect.arrayContaining([{ path: 'site2/larger.bin', why: 'site2: a link is there' }]) },
      },
    },
  });
  expect(filesIn(target)).toEqual(['mine.txt', 'site0/wwwroot/web.config']);

  const kept = await stage.hubkeep(...args, '--overwrite', 'older');
  expect([kept.code, kept.stdout]).toEqual([
    3,
    expect.stringMatching(/kept, differs {2}site0\/wwwroot\/web.config\nnot restored {2}site2/),
  ]);
  const done = await stage.hubkeep(...args, '--overwrite', 'always', '--json');
  const { notRestored } = said.json().fileshare.merged;
  expect(done.json().fileshare.merged).toMatchObject({ replaced: { files: 1 }, equal: { files: 84 }, notRestored });
  expect(readFileSync(join(target, 'site0/wwwroot/web.config'), 'utf8')).toBe('<configuration/>\n');
  expect([readFileSync(join(target, 'mine.txt'), 'utf8'), readdirSync(outside)]).toEqual(['mine', []]);
});

test('a dry run names what it would write where nothing is', async () => {
  const target = join(stage.work, 'not-there');
  const answer = await stage.hubkeep('restore', 'latest', '--fileshare', target, '--dry-run');
  expect([answer.code, answer.stdout]).toEqual([0, expect.stringMatching(/new: 127 files.*\nnothing was written: /s)]);
  expect(existsSync(target)).toBe(false);
});

test.each([
  [['--overwrite', 'always', '--databases', 'x'], '--overwrite needs --fileshare'],
  [['--paths-from', '-', '--databases', 'x'], '--paths-from needs --fileshare'],
  [['--null', '--fileshare', 'x'], '--null needs --paths-from'],
  [['--overwrite', 'sometimes', '--fileshare', 'x'], 'Allowed choices are never, older, always'],
])('%j is wrong usage', async (options, problem) => {
  const answer = await stage.hubkeep('restore', 'latest', ...options);
  expect([answer.code, answer.stderr]).toEqual([2, expect.stringContaining(problem)]);
});
