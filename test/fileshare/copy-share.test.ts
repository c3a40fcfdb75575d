import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createShareStage, type ShareStage } from './share-stage';

let stage: ShareStage;

beforeEach(async () => {
  stage = await createShareStage();
  stage.write('sites/a/index.html', '<p>a</p>');
  stage.write('sites/a/web.config', '<configuration/>');
  stage.write('sites/b/index.html', '<p>b</p>');
  stage.write('sites/empty.txt', '');
  execFileSync('mkdir', ['-p', join(stage.share, 'sites/nothing here/deeper')]);
});

afterEach(() => {
  stage.dispose();
});

function expectEqualTrees(a: string, b: string) {
  expect(execFileSync('diff', ['-r', '--no-dereference', a, b]).toString()).toBe('');
}

test('a first backup restores to the same tree, with the same times', async () => {
  const restored = await stage.restore(await stage.backUp());
  expectEqualTrees(stage.share, restored);
  const at = (root: string) => Math.floor(statSync(join(root, 'sites/a/index.html')).mtimeMs);
  expect(at(restored)).toBe(at(stage.share));
});

test('an unchanged night stores nothing and references every segment', async () => {
  const first = await stage.backUp();
  const second = await stage.backUp();
  expect(second.segments).toEqual(first.segments);
  expect(second.packs.count).toBe(first.packs.count);
  expect(second.counts).toMatchObject({ added: 0, changed: 0, removed: 0, bytesStored: 0 });
});

test('a renamed file is not stored again, although its name is new', async () => {
  stage.write('big.bin', Buffer.alloc(300_000, 'x').fill('abcdefgh'));
  await stage.backUp();
  execFileSync('mv', [join(stage.share, 'big.bin'), join(stage.share, 'moved.bin')]);
  const second = await stage.backUp();
  expect(second.counts).toMatchObject({ added: 1, removed: 1, reused: 1 });
  expect(second.counts.bytesStored).toBeLessThan(2_000);
  expectEqualTrees(stage.share, await stage.restore(second));
});

test('content that an earlier point stored and a later one dropped is found again', async () => {
  stage.write('comes-back.bin', Buffer.alloc(17 * 1024 * 1024, 'back'));
  await stage.backUp();
  stage.remove('comes-back.bin');
  await stage.backUp();
  stage.write('comes-back.bin', Buffer.alloc(17 * 1024 * 1024, 'back'));
  const third = await stage.backUp();
  expect(third.counts.reused).toBe(1);
  expectEqualTrees(stage.share, await stage.restore(third));
});

test('both points restore exactly after files changed, came and went', async () => {
  const first = await stage.backUp();
  const before = await stage.restore(first);
  stage.write('sites/a/index.html', '<p>A, longer</p>');
  stage.write('sites/c/new.html', 'new');
  stage.remove('sites/b');
  const second = await stage.backUp();
  expectEqualTrees(before, await stage.restore(first));
  expectEqualTrees(stage.share, await stage.restore(second));
});

test('a file that is rewritten with the same size and time within two seconds is read again', async () => {
  const now = new Date();
  stage.write('racy.txt', 'one', now);
  const first = await stage.backUp();
  expect(await stage.entry(first, 'racy.txt')).toMatchObject({ racy: true });
  stage.write('racy.txt', 'two', now);
  const second = await stage.backUp();
  expect(readFileSync(join(await stage.restore(second), 'racy.txt'), 'utf8')).toBe('two');
});

test('a file that cannot be read tonight keeps its earlier content, marked with the run that first could not', async () => {
  const first = await stage.backUp();
  stage.write('sites/a/index.html', 'changed, but locked');
  stage.faults.unopenable.set('sites/a/index.html', 'share.locked');
  const second = await stage.backUp();
  const third = await stage.backUp();
  const kept = { stale: { since: '20261122T020000Z-0002', why: 'share.locked' } };
  expect(await stage.entry(second, 'sites/a/index.html')).toMatchObject(kept);
  expect(await stage.entry(third, 'sites/a/index.html')).toMatchObject(kept);
  expect(second.failed.first).toEqual([
    expect.objectContaining({ path: 'sites/a/index.html', code: 'share.locked', keptEarlier: true }),
  ]);
  expect(readFileSync(join(await stage.restore(second), 'sites/a/index.html'), 'utf8')).toBe('<p>a</p>');
  expect(first.counts.stale).toBe(0);

  stage.faults.unopenable.clear();
  const fourth = await stage.backUp();
  expect(fourth.counts).toMatchObject({ stale: 0, failed: 0 });
  expectEqualTrees(stage.share, await stage.restore(fourth));
});

test('a new file that cannot be read is listed with its reason and does not stop the others', async () => {
  stage.faults.unopenable.set('sites/a/web.config', 'share.denied');
  const record = await stage.backUp();
  expect(record.failed.first).toEqual([
    expect.objectContaining({ path: 'sites/a/web.config', code: 'share.denied', keptEarlier: false }),
  ]);
  expect(record.counts).toMatchObject({ files: 3, failed: 1 });
});

test('a directory that cannot be listed keeps all it held', async () => {
  await stage.backUp();
  stage.faults.unlistable.set('sites/a', 'share.denied');
  const second = await stage.backUp();
  expect(second.counts).toMatchObject({ removed: 0, stale: 2, failed: 1 });
  stage.faults.unlistable.clear();
  expectEqualTrees(stage.share, await stage.restore(second));
});

test('an entry that cannot even be looked at keeps what it held, and its neighbours are backed up', async () => {
  await stage.backUp();
  stage.faults.unstattable.set('sites/a', 'share.denied');
  stage.faults.unstattable.set('sites/b/index.html', 'share.locked');
  stage.write('sites/c/new.html', 'new');
  const second = await stage.backUp();
  expect(second.counts).toMatchObject({ removed: 0, failed: 2, added: 1 });
  stage.faults.unstattable.clear();
  expectEqualTrees(stage.share, await stage.restore(second));
});

test('a file that never stands still is stored as it was read, and listed', async () => {
  stage.faults.changing.add('sites/a/index.html');
  const record = await stage.backUp();
  expect(record.failed.first).toEqual([expect.objectContaining({ path: 'sites/a/index.html', code: 'share.changing' })]);
  expect(await stage.entry(record, 'sites/a/index.html')).toMatchObject({ racy: true });
  expectEqualTrees(stage.share, await stage.restore(record));
});

test('the delta pass adds and updates what changed meanwhile, and removes nothing', async () => {
  const record = await stage.backUp({
    delta: true,
    meanwhile: () => {
      stage.write('sites/a/index.html', 'changed meanwhile');
      stage.write('sites/late.html', 'came meanwhile');
      stage.remove('sites/b/index.html');
    },
  });
  const restored = await stage.restore(record);
  expect(readFileSync(join(restored, 'sites/a/index.html'), 'utf8')).toBe('changed meanwhile');
  expect(readFileSync(join(restored, 'sites/late.html'), 'utf8')).toBe('came meanwhile');
  expect(readFileSync(join(restored, 'sites/b/index.html'), 'utf8')).toBe('<p>b</p>');
});

test('an empty share is a failure, not a small backup', async () => {
  const empty = await createShareStage();
  await expect(empty.backUp()).rejects.toMatchObject({ code: 'share.empty' });
  empty.dispose();
});

test('a share that goes away while it is walked is a failure', async () => {
  await stage.backUp();
  stage.faults.onList = (directory) => {
    if (directory === 'sites/b') stage.dispose();
  };
  await expect(stage.backUp()).rejects.toMatchObject({ code: 'share.not-found' });
  stage = await createShareStage();
});

test('files over 16 MiB are packs of their own, and equal ones are stored once', async () => {
  const large = Buffer.alloc(17 * 1024 * 1024);
  for (let i = 0; i < large.length; i += 4) large.writeUInt32LE(Math.imul(i, 2654435761) >>> 0, i);
  stage.write('one.bin', large);
  stage.write('two.bin', large);
  stage.write('other.bin', Buffer.concat([large.subarray(0, -1), Buffer.from('!')]));
  const record = await stage.backUp();
  expect(record.counts.reused).toBe(1);
  expectEqualTrees(stage.share, await stage.restore(record));
});

test('asked for the same box again, it gives the result that is there and stores nothing', async () => {
  const request = { runId: '20261122T020000Z-aaaa', sequence: 1, pass: 'bulk', base: { kind: 'nothing' } } as const;
  const first = await stage.copyPass(request);
  const blobs = await keysOf(stage);
  expect(await stage.copyPass(request)).toEqual(first);
  expect(await keysOf(stage)).toEqual(blobs);
});

test('boxes that end after every segment give the same index as one box', async () => {
  const other = await createShareStage({ boxMs: 0 });
  for (let i = 0; i < 40_000; i++) other.write(`dir-${i % 50}/file-${i}.txt`, i % 3 === 0 ? '' : `content ${i % 1000}`);
  const record = await other.backUp();
  const paths = (await other.entries(record)).map(({ path }) => path);
  expect(record.segments.length).toBeGreaterThan(2);
  expect(paths).toHaveLength(40_050);
  expect(new Set(paths).size).toBe(40_050);
  const second = await other.backUp();
  expect(second.segments).toEqual(record.segments);
  other.write('dir-7/file-7.txt', 'another content');
  const third = await other.backUp();
  expect(third.segments.filter(({ key }) => !record.segments.some((segment) => segment.key === key))).toHaveLength(1);
  other.dispose();
});

async function keysOf({ store }: ShareStage): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list('')) keys.push(key);
  return keys;
}

test.each([
  '1901-12-14T00:00:00.123Z',
  '1969-12-31T23:59:58.500Z',
  '1969-12-31T23:59:59.999Z',
  '1970-01-01T00:00:00.000Z',
  '2263-01-01T00:00:00.000Z',
  '2400-06-01T12:00:00.000Z',
])('a file of %s keeps its time', async (time) => {
  stage.write('sites/times.txt', 'times', new Date(time));
  const restored = await stage.restore(await stage.backUp());
  const { mtimeMs } = statSync(join(restored, 'sites/times.txt'));
  expect(new Date(Math.floor(mtimeMs)).toISOString()).toBe(time);
});
