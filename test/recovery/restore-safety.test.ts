import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileShareRecord } from '../../src/contracts/recovery-point';
import type { FileEntry, IndexEntry } from '../../src/repository/index-entry';
import { createShareStage, type ShareStage } from '../fileshare/share-stage';
import { withIndex } from './doctored-share';
import { contentOf, createPlaces, recoveryPoint, restore } from './restore-stage';

const places = createPlaces();
const mtime = '1700000000.123456789';
let stage: ShareStage;
let record: FileShareRecord;
let file: FileEntry;

beforeAll(async () => {
  stage = await createShareStage();
  stage.write('some/file.txt', 'content of the file');
  stage.write('some/large.bin', randomBytes(9 * 1024 * 1024));
  record = await stage.backUp();
  file = (await stage.entry(record, 'some/file.txt')) as FileEntry;
});
afterAll(() => {
  stage.dispose();
  places.dispose();
});

const at = (path: string): IndexEntry => ({ ...file, path });
const directory = (path: string): IndexEntry => ({ path, type: 'directory', mtime });
const link = (path: string, target: string): IndexEntry => ({ path, type: 'symlink', target, mtime });

/** Restores into a directory below one that is watched. */
async function restoreDoctored(entries: readonly IndexEntry[], prepare: (target: string) => void = () => undefined) {
  const around = places.fresh();
  const target = join(around, 'deep', 'target');
  mkdirSync(join(around, 'deep'), { recursive: true });
  prepare(target);
  const share = await withIndex(stage.store, record, entries);
  const outcome = await restore({ store: stage.store, share, target }).catch((error: unknown) => error);
  return { outcome, around, target };
}

test.each([
  ['a parent', () => [at('../outside.txt')]],
  ['a parent on the way', () => [directory('a'), at('a/../../outside.txt')]],
  ['a directory that is a parent', () => [directory('..'), at('../outside.txt')]],
  ['the root', () => [at('/outside.txt')]],
  ['an empty name', () => [directory('a'), at('a//outside.txt')]],
  ['the target itself', () => [at('.')]],
  ['an end in a name', () => [at('outside.txt\0.png')]],
  ['its own notes', () => [at(`.hubkeep-restore-${recoveryPoint}.json`)]],
  ['its own notes in other letters', () => [at(`.Hubkeep-Restore-${recoveryPoint}.0-1.part`)]],
  ['a directory of its own notes', () => [at(`.hubkeep-restore-${recoveryPoint}.links/file`)]],
])('an index that names %s is refused and nothing is written outside', async (_, entries) => {
  const { outcome, around } = await restoreDoctored(entries());
  expect(outcome).toMatchObject({ code: 'restore.unsafe-path' });
  expect(readdirSync(around)).toEqual(['deep']);
  expect(readdirSync(join(around, 'deep'))).toEqual(['target']);
});

test.each([
  ['a link', (outside: string) => [link('a', outside), at('a/file.txt')]],
  ['a link and a directory', (outside: string) => [link('a', outside), directory('a/b'), at('a/b/file.txt')]],
  ['a file', () => [at('a'), at('a/file.txt')]],
])('an entry below %s is refused', async (_, entries) => {
  const outside = places.fresh();
  mkdirSync(outside);
  const { outcome } = await restoreDoctored(entries(outside));
  expect(outcome).toMatchObject({ code: 'restore.unsafe-path', message: expect.stringContaining('below a') });
  expect(readdirSync(outside)).toEqual([]);
});

test('a name that comes twice, or out of order, is a damaged index', async () => {
  for (const entries of [
    [at('a'), at('a')],
    [at('b'), at('a')],
    [link('a', '..'), directory('b'), at('a/file.txt')],
  ]) {
    expect((await restoreDoctored(entries)).outcome).toMatchObject({ code: 'format.damaged' });
  }
});

test('a link is made as it is written and nothing is written through it', async () => {
  const outside = places.fresh();
  mkdirSync(outside);
  const { outcome, target } = await restoreDoctored([directory('a'), at('a/file.txt'), link('z', outside)]);
  expect(outcome).toMatchObject({ files: 1, symlinks: 1 });
  expect(contentOf(target)['z']).toEqual(['link', outside]);
});

test('a link that lies in the unfinished target is never followed', async () => {
  const outside = places.fresh();
  mkdirSync(outside);
  const marker = JSON.stringify({ include: [], bootId: 'boot' });
  for (const [entries, planted] of [
    [[directory('a'), at('a/file.txt')], 'a'],
    [[at('file.txt')], 'file.txt'],
    [[at('a/b/file.txt')], 'a'],
  ] as const) {
    const { outcome } = await restoreDoctored(entries, (target) => {
      mkdirSync(target);
      writeFileSync(join(target, `.hubkeep-restore-${recoveryPoint}.json`), marker);
      symlinkSync(planted === 'file.txt' ? join(outside, 'file.txt') : outside, join(target, planted));
    });
    expect(outcome).toMatchObject({ code: 'restore.target-not-empty', message: expect.stringContaining(planted) });
    expect(readdirSync(outside)).toEqual([]);
  }
});

test('a file that was in the target before is not overwritten by going on', async () => {
  const marker = JSON.stringify({ include: [], bootId: 'boot' });
  const { outcome, target } = await restoreDoctored([at('file.txt')], (place) => {
    mkdirSync(place);
    writeFileSync(join(place, 'file.txt'), 'mine');
    utimesSync(join(place, 'file.txt'), new Date('2026-01-01'), new Date('2026-01-01'));
    writeFileSync(join(place, `.hubkeep-restore-${recoveryPoint}.json`), marker);
  });
  expect(outcome).toMatchObject({ code: 'restore.target-not-empty' });
  expect(readFileSync(join(target, 'file.txt'), 'utf8')).toBe('mine');
});

test('a file with the time of the index and another size is not from this restore', async () => {
  const { outcome, target } = await restoreDoctored([at('file.txt')], (place) => {
    mkdirSync(place);
    writeFileSync(join(place, 'file.txt'), 'mine');
    utimesSync(join(place, 'file.txt'), 0, Number(file.mtime));
    writeFileSync(join(place, `.hubkeep-restore-${recoveryPoint}.json`), JSON.stringify({ include: [], bootId: 'boot' }));
  });
  expect(outcome).toMatchObject({ code: 'restore.target-not-empty' });
  expect(readFileSync(join(target, 'file.txt'), 'utf8')).toBe('mine');
});

test('a large file that is not what the index says never appears under its name', async () => {
  const large = (await stage.entry(record, 'some/large.bin')) as FileEntry;
  const { outcome, target } = await restoreDoctored([{ ...large, hash: `sha256:${'0'.repeat(64)}` }]);
  expect(outcome).toMatchObject({ code: 'format.damaged' });
  expect(readdirSync(join(target, 'some'))).toEqual([]);
});

test('content that is not what the index says never appears under its name', async () => {
  const hash = `sha256:${'0'.repeat(64)}`;
  const entries = [
    { ...file, path: 'a', hash },
    { ...file, path: 'b', size: file.size + 100_000 },
    { ...file, path: 'c', size: 9_000_000 },
  ];
  for (const entry of entries) {
    const { outcome, target } = await restoreDoctored([entry]);
    expect(outcome).toMatchObject({ code: 'format.damaged' });
    expect(existsSync(join(target, entry.path))).toBe(false);
  }
});

test('an index with places that cannot be is damaged, however large they are', async () => {
  const { extent } = file;
  if (extent === undefined) throw new Error('the file has no content');
  const { extent: _, ...without } = file;
  for (const entry of [
    without,
    { path: 'nothing else' } as IndexEntry,
    { ...file, type: 'device' } as unknown as IndexEntry,
    { ...file, size: -1 },
    { ...file, size: 1e300 },
    { ...file, extent: { ...extent, offset: -1 } },
    { ...file, extent: { ...extent, length: 2 ** 52 } },
    { ...file, extent: { ...extent, skip: 0.5 } },
    { ...file, extent: { ...extent, offset: 2 ** 40 } },
    { ...file, extent: { ...extent, pack: `${extent.pack}x` } },
  ]) {
    const { outcome } = await restoreDoctored([entry]);
    expect((outcome as { code?: string }).code).toMatch(/^(format\.damaged|store\.not-found)$/);
  }
});
