import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { Overwrite } from '../../src/contracts/overwrite';
import type { FileShareRecord } from '../../src/contracts/recovery-point';
import { createShareStage, type ShareStage } from '../fileshare/share-stage';
import { createCountingStore } from '../support/counting-reads';
import { contentOf, createPlaces, recoveryPoint, restore } from './restore-stage';

const places = createPlaces();
const at = new Date('2024-05-05T05:05:05.555Z');
const before = new Date('2024-05-05T05:05:04.555Z');
const after = new Date('2024-05-05T05:05:06.555Z');
let stage: ShareStage;
let record: FileShareRecord;

beforeAll(async () => {
  stage = await createShareStage();
  for (const path of ['a/new', 'a/equal', 'a/older', 'a/newer', 'a/longer', 'b/file', 'c/d/file'])
    put(join(stage.share, path), path);
  put(join(stage.share, 'a/large'), randomBytes(9 * 1024 * 1024));
  symlinkSync('file', join(stage.share, 'b/link'));
  symlinkSync('file', join(stage.share, 'b/other'));
  for (const directory of ['a', 'b', 'c/d', 'c']) utimesSync(join(stage.share, directory), at, at);
  record = await stage.backUp();
});
afterAll(() => {
  stage.dispose();
  places.dispose();
});

function put(place: string, content: string | Buffer, time = at) {
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, content);
  utimesSync(place, time, time);
}

/** A target with something of everything, and things the point does not have. */
function usedTarget(): string {
  const target = places.fresh();
  put(join(target, 'a/equal'), 'a/equal');
  put(join(target, 'a/older'), 'A/OLDER', before);
  put(join(target, 'a/newer'), 'A/NEWER', after);
  put(join(target, 'a/longer'), 'of the same time');
  put(join(target, 'a/mine'), 'mine');
  mkdirSync(join(target, 'b'));
  symlinkSync('elsewhere', join(target, 'b/link'));
  return target;
}

const text = (target: string, path: string) => readFileSync(join(target, path), 'utf8');
const merge = (target: string, overwrite: Overwrite, more = {}) =>
  restore({ store: stage.store, share: record, target, overwrite, ...more });

test.each([
  ['never', ['A/OLDER', 'A/NEWER', 'of the same time', 'elsewhere'], { replaced: 0, kept: 4 }],
  ['older', ['a/older', 'A/NEWER', 'of the same time', 'elsewhere'], { replaced: 1, kept: 3 }],
  ['always', ['a/older', 'a/newer', 'a/longer', 'file'], { replaced: 3, kept: 0 }],
] as const)(
  '--overwrite %s leaves and replaces what it says',
  async (overwrite, [older, newer, longer, link], { replaced, kept }) => {
    const target = usedTarget();
    const { merged } = await merge(target, overwrite);
    expect(merged).toMatchObject({
      ...{ created: { files: 4 }, replaced: { files: replaced }, equal: { files: 1 }, kept: { files: kept } },
      notRestored: { count: 0 },
    });
    const now = ['older', 'newer', 'longer'].map((name) => text(target, `a/${name}`));
    expect([...now, readlinkSync(join(target, 'b/link'))]).toEqual([older, newer, longer, link]);
    expect([text(target, 'a/new'), text(target, 'c/d/file'), text(target, 'a/mine')]).toEqual(['a/new', 'c/d/file', 'mine']);
    expect(readFileSync(join(target, 'a/large')).equals(readFileSync(join(stage.share, 'a/large')))).toBe(true);
    expect(readdirSync(target)).toEqual(['a', 'b', 'c']);
    expect(statSync(join(target, 'c')).mtimeMs).toBe(at.getTime());
  },
);

test('what is replaced by all ends as the share, times of directories too, and once more changes nothing', async () => {
  const target = usedTarget();
  await merge(target, 'always');
  rmSync(join(target, 'a/mine'));
  utimesSync(join(target, 'a'), at, at);
  expect(contentOf(target)).toEqual(contentOf(stage.share));
  const inodes = () => ['a/new', 'a/large'].map((path) => statSync(join(target, path)).ino);
  const first = inodes();
  const { store, of } = createCountingStore(stage.store);
  const { merged } = await restore({ store, share: record, target, overwrite: 'always' });
  expect([merged?.equal.files, merged?.created.files, merged?.replaced.files]).toEqual([8, 0, 0]);
  expect([inodes(), of('packs/')]).toEqual([first, []]);
});

test('a file that is replaced keeps its rights, and is replaced and not written to', async () => {
  const target = usedTarget();
  chmodSync(join(target, 'a/older'), 0o600);
  const { ino } = statSync(join(target, 'a/older'));
  await merge(target, 'older');
  const { mode, ino: now } = statSync(join(target, 'a/older'));
  expect([mode & 0o777, now === ino]).toEqual([0o600, false]);
});

test('nothing is written through a link, over a directory or below a file, and it is told', async () => {
  const outside = places.fresh();
  mkdirSync(join(outside, 'd'), { recursive: true });
  writeFileSync(join(outside, 'secret'), 'outside');
  const target = places.fresh();
  mkdirSync(join(target, 'a/new'), { recursive: true });
  mkdirSync(join(target, 'b/link'), { recursive: true });
  symlinkSync(join(outside, 'secret'), join(target, 'a/older'));
  symlinkSync(join(outside, 'secret'), join(target, 'a/large'));
  symlinkSync(outside, join(target, 'c'));
  writeFileSync(join(target, 'b/file'), '');
  const { merged, files } = await merge(target, 'always');
  expect(merged?.notRestored).toEqual({
    count: 7,
    entries: expect.arrayContaining([
      { path: 'a/new', why: 'a directory is there' },
      { path: 'a/older', why: 'a link is there' },
      { path: 'a/large', why: 'a link is there' },
      { path: 'b/link', why: 'a directory is there' },
      { path: 'c', why: 'c: a link is there' },
      { path: 'c/d', why: 'c: a link is there' },
      { path: 'c/d/file', why: 'c: a link is there' },
    ]),
  });
  expect(files).toBe(4);
  expect([readdirSync(outside), readdirSync(join(outside, 'd')), text(outside, 'secret')]).toEqual([
    ['d', 'secret'],
    [],
    'outside',
  ]);
  const file = places.fresh();
  mkdirSync(file);
  writeFileSync(join(file, 'c'), 'a file');
  expect((await merge(file, 'always')).merged?.notRestored.entries).toContainEqual({
    path: 'c/d/file',
    why: 'c: a file is there',
  });
  expect(text(file, 'c')).toBe('a file');
});

test('a link that appears on the way after it was looked at is not followed either', async () => {
  const outside = places.fresh();
  mkdirSync(join(outside, 'd'), { recursive: true });
  const target = places.fresh();
  const { store } = createCountingStore(stage.store, () => {
    if (!existsSync(join(target, 'c')) || lstatSync(join(target, 'c')).isSymbolicLink()) return;
    rmSync(join(target, 'c'), { recursive: true });
    symlinkSync(outside, join(target, 'c'));
  });
  const { merged } = await restore({ store, share: record, target, overwrite: 'always' }).catch((error: unknown) => {
    expect(error).toMatchObject({ code: 'restore.incomplete' });
    return { merged: undefined };
  });
  expect(merged?.notRestored.entries).toEqual([{ path: 'c/d/file', why: 'c is a link' }]);
  expect([readdirSync(outside), readdirSync(join(outside, 'd'))]).toEqual([['d'], []]);
});

test.each(['never', 'older', 'always'] as const)('%s: what broke off is gone on with, by the same alone', async (overwrite) => {
  const target = usedTarget();
  const failing = createCountingStore(stage.store, (total) => {
    if (total > 5_000_000) throw new Error('the line went dead');
  }).store;
  await expect(restore({ store: failing, share: record, target, overwrite })).rejects.toThrow('the line went dead');
  expect(readdirSync(target).filter((name) => name.endsWith('.json'))).toHaveLength(1);
  for (const [other, message] of [
    [{}, /another --overwrite$/],
    [{ overwrite, include: ['a'] }, /another --include$/],
    [{ overwrite, paths: ['a'] }, /another list of paths$/],
  ] as const) {
    await expect(restore({ store: stage.store, share: record, target, ...other })).rejects.toMatchObject({
      code: 'restore.target-not-empty',
      message: expect.stringMatching(message),
    });
  }
  await merge(target, overwrite);
  const once = usedTarget();
  await merge(once, overwrite);
  const { a: _, b: __, ...others } = contentOf(once);
  expect(contentOf(target)).toMatchObject(others);
  expect(readdirSync(target)).toEqual(['a', 'b', 'c']);
});

test('an unfinished restore of another point is not overwritten', async () => {
  const target = usedTarget();
  writeFileSync(join(target, '.hubkeep-restore-20250101T000000Z-0000.json'), '{}');
  await expect(merge(target, 'always')).rejects.toMatchObject({ code: 'restore.target-not-empty' });
});

test('after the machine went down what this restore wrote is written anew, and nothing else', async () => {
  const target = usedTarget();
  await merge(target, 'never');
  const marker = join(target, `.hubkeep-restore-${recoveryPoint}.json`);
  writeFileSync(marker, JSON.stringify({ include: [], overwrite: 'never', bootId: 'earlier' }));
  const mine = statSync(join(target, 'a/equal')).ino;
  // As a file system may leave it that lost the content: written after the marker, with the time of the source.
  put(join(target, 'c/d/file'), '');
  await merge(target, 'never');
  expect([text(target, 'c/d/file'), statSync(join(target, 'a/equal')).ino]).toEqual(['c/d/file', mine]);
  expect(text(target, 'a/older')).toBe('A/OLDER');
});

describe('a preview', () => {
  test.each(['never', 'older', 'always'] as const)('says what %s then does, and writes nothing', async (overwrite) => {
    const target = usedTarget();
    symlinkSync('/nowhere', join(target, 'c'));
    const [untouched, times] = [contentOf(target), statSync(target).mtimeMs];
    const { store, of } = createCountingStore(stage.store);
    const { merged: said } = await restore({ store, share: record, target, overwrite, isPreview: true });
    expect([contentOf(target), statSync(target).mtimeMs, of('packs/')]).toEqual([untouched, times, []]);
    const { merged: done } = await merge(target, overwrite);
    expect(said?.created.paths).toEqual(['a/large', 'a/new', 'b/file']);
    for (const kind of ['created', 'replaced', 'equal', 'kept'] as const) {
      expect([kind, said?.[kind].files, said?.[kind].bytes]).toEqual([kind, done?.[kind].files, done?.[kind].bytes]);
    }
    expect(said?.notRestored).toEqual(done?.notRestored);
  });

  test('of a directory that is not there does not make it, and of one that holds something is refused', async () => {
    const target = places.fresh();
    const said = await restore({ store: stage.store, share: record, target, isPreview: true });
    expect(said).toMatchObject({ files: 8, directories: 4, symlinks: 2, merged: { created: { files: 8 } } });
    expect(existsSync(target)).toBe(false);
    await expect(restore({ store: stage.store, share: record, target: usedTarget(), isPreview: true })).rejects.toMatchObject({
      code: 'restore.target-not-empty',
    });
  });
});
