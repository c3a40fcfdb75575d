import { limits } from '../../src/fileshare/limits';
import { createShareStage, type ShareStage } from './share-stage';

// Segments of a few entries, so that a share of a few files takes many boxes.
Object.assign(limits, { segmentEntries: 4, groupEntries: 8 });

const exclude = ['**/*.tmp', 'site/cache', '**/node_modules/**'];
let stage: ShareStage;

beforeEach(async () => {
  stage = await createShareStage({ exclude });
  stage.write('site/index.html', '<p>index</p>');
  stage.write('site/.hidden.tmp', 'left out');
  stage.write('site/cache/a/deep.html', 'left out');
  stage.write('site/cache/b.html', 'left out');
  stage.write('site/two\nlines/x.tmp', 'left out');
  stage.write('site/CACHE/kept.html', 'case counts');
  stage.write('app/node_modules/package/index.js', 'left out');
  stage.write('last.TMP', 'case counts');
});

afterEach(() => {
  stage.dispose();
});

const pathsOf = async (record: Awaited<ReturnType<ShareStage['backUp']>>) =>
  (await stage.entries(record)).map(({ path }) => path);

test('what a glob matches is left out with all it holds, is counted, and is no failure', async () => {
  const record = await stage.backUp();
  expect(await pathsOf(record)).toEqual([
    'app',
    'last.TMP',
    'site',
    'site/CACHE',
    'site/CACHE/kept.html',
    'site/index.html',
    'site/two\nlines',
  ]);
  expect(record.counts).toMatchObject({ files: 3, failed: 0, stale: 0, excluded: 4 });
  expect(record.excludes).toEqual(exclude);
});

test('an excluded directory is not even listed', async () => {
  const listed: string[] = [];
  stage.faults.onList = (directory) => listed.push(directory);
  stage.faults.unlistable.set('site/cache', 'share.denied');
  stage.faults.unstattable.set('site/.hidden.tmp', 'share.denied');
  const record = await stage.backUp();
  expect(listed).toContain('site/CACHE');
  expect(listed.filter((path) => /cache|node_modules/.test(path))).toEqual([]);
  expect(record.counts.failed).toBe(0);
});

test('the second look counts what is excluded once more, and the record once', async () => {
  const record = await stage.backUp({ delta: true });
  expect(record.counts.excluded).toBe(4);
});

test('boxes that begin in the middle of a directory count what it excludes once', async () => {
  const boxes = await createShareStage({ exclude: ['**/*.tmp'], boxMs: 0 });
  for (let i = 0; i < 80; i++) boxes.write(`a/${i % 2}/${String(i).padStart(2, '0')}.${i % 4 === 0 ? 'tmp' : 'txt'}`, '');
  const record = await boxes.backUp();
  expect(record.segments.length).toBeGreaterThan(5);
  expect(record.counts).toMatchObject({ files: 60, excluded: 20 });
  boxes.dispose();
});

test('what an earlier point has and tonight excludes is not in the new point, and counts as removed', async () => {
  const all = await createShareStage({ store: stage.store });
  all.write('site/index.html', '<p>index</p>');
  all.write('site/cache/a/deep.html', 'was kept');
  all.write('site/note.tmp', 'was kept');
  const before = await all.backUp();
  expect(before).toMatchObject({ counts: { files: 3, excluded: 0 }, excludes: [] });
  all.dispose();

  stage.skipNights(1);
  for (const path of ['app', 'last.TMP', 'site']) stage.remove(path);
  stage.write('site/index.html', '<p>index</p>');
  stage.write('site/cache/a/deep.html', 'was kept');
  stage.write('site/note.tmp', 'was kept');
  const record = await stage.backUp({ delta: true });
  expect(record.counts).toMatchObject({ files: 1, removed: 2, excluded: 2, failed: 0, stale: 0 });
  expect(await pathsOf(record)).toEqual(['site', 'site/index.html']);
});

test('globs that leave nothing are refused like an empty share', async () => {
  const nothing = await createShareStage({ exclude: ['**'] });
  nothing.write('site/index.html', '<p>index</p>');
  await expect(nothing.backUp()).rejects.toMatchObject({
    code: 'share.empty',
    message: expect.stringContaining('FILE_SHARE_EXCLUDE'),
  });
  nothing.dispose();
});
