import { hash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { resourceUsage } from 'node:process';
import type { FileShareRecord } from '../../src/contracts/recovery-point';
import type { BlobStore } from '../../src/ports/blob-store';
import type { FileEntry, IndexEntry } from '../../src/repository/index-entry';
import { layout } from '../../src/repository/layout';
import { createShareStage, type ShareStage } from '../fileshare/share-stage';
import { bombFrame, mebibyte, segmentOf, withIndex } from './doctored-share';
import { createPlaces, restore } from './restore-stage';

const places = createPlaces();
const mtime = '1700000000.123456789';
const run = '20261122T020000Z-bbbb';
const terabyte = 2 ** 40;
let stage: ShareStage;
let record: FileShareRecord;
let file: FileEntry;
let packs = 0;

beforeAll(async () => {
  stage = await createShareStage();
  stage.write('file.txt', 'content of the file');
  record = await stage.backUp();
  file = (await stage.entry(record, 'file.txt')) as FileEntry;
});
afterAll(() => {
  stage.dispose();
  places.dispose();
});

const at = (path: string): IndexEntry => ({ ...file, path });
const directory = (path: string): IndexEntry => ({ path, type: 'directory', mtime });
const link = (path: string, target: string): IndexEntry => ({ path, type: 'symlink', target, mtime });

interface Hostile {
  readonly overwrite?: 'always';
  readonly store?: BlobStore;
}

/** Restores below a directory that is watched: of all that is around the target nothing may appear. */
async function restoreHostile(share: FileShareRecord, { overwrite, store = stage.store }: Hostile = {}) {
  const around = places.fresh();
  const target = join(around, 'target');
  mkdirSync(around);
  const merging = overwrite === undefined ? {} : { overwrite };
  const outcome: unknown = await restore({ store, share, target, ...merging }).catch((error: unknown) => error);
  expect(readdirSync(around)).toEqual(['target']);
  const left = readdirSync(target).filter((name) => !name.startsWith('.hubkeep-restore-'));
  return { outcome, target, left };
}

async function restoreEntries(entries: readonly IndexEntry[], options: Hostile = {}) {
  return restoreHostile(await withIndex(stage.store, record, entries), options);
}

/** A pack of these bytes, and the file they are said to be of. */
async function storedAs(bytes: Buffer, { size, length = bytes.length }: { size: number; length?: number }): Promise<FileEntry> {
  const pack = `${run}/bomb-${(packs += 1)}`;
  await stage.store.put(layout.pack(pack), bytes);
  return {
    path: 'bomb',
    type: 'file',
    mtime,
    size,
    hash: `sha256:${'0'.repeat(64)}`,
    extent: { pack, offset: 0, length, skip: 0 },
  };
}

describe.each([[{}], [{ overwrite: 'always' }]] as const)('restored with %j', (options) => {
  test.each([
    ['a parent', () => [at('../outside.txt')], 'restore.unsafe-path'],
    ['a parent on the way', () => [directory('a'), at('a/../../outside.txt')], 'restore.unsafe-path'],
    ['an absolute path', () => [at('/tmp/outside.txt')], 'restore.unsafe-path'],
    ['its own notes', () => [at('.hubkeep-restore-20261122T020000Z-7f3a.0-1.part')], 'restore.unsafe-path'],
    ['a file as the parent of another', () => [at('a'), at('a/b')], 'restore.unsafe-path'],
    ['a link as the parent of a file', () => [link('a', '..'), at('a/outside.txt')], 'restore.unsafe-path'],
    ['a link as the parent of a directory', () => [link('a', '..'), directory('a/b')], 'restore.unsafe-path'],
    ['a link over a directory', () => [directory('a'), link('a', '..'), at('a/outside.txt')], 'format.damaged'],
    ['a path twice', () => [at('a'), at('a')], 'format.damaged'],
    ['a directory and a file of one path', () => [directory('a'), at('a')], 'format.damaged'],
    ['a link without a target', () => [{ path: 'a', type: 'symlink', mtime } as IndexEntry], 'format.damaged'],
    ['a path that is no text', () => [{ ...at('a'), path: 7 } as unknown as IndexEntry], 'format.damaged'],
    ['a time that is none', () => [{ ...at('a'), mtime: '1e999' }], 'format.damaged'],
    ['no entry', () => [null as unknown as IndexEntry], 'format.damaged'],
    ['a pack elsewhere', () => [{ ...file, extent: { ...file.extent!, pack: '../../other/x' } }], 'format.damaged'],
  ])('an index with %s is refused', async (_, entries, code) => {
    const { outcome, target } = await restoreEntries(entries(), options);
    expect(outcome).toMatchObject({ code });
    expect(lstatSync(target).isDirectory()).toBe(true);
  });

  test('names that mean something elsewhere are names here and stay in the target', async () => {
    const names = ['C:', 'C:\\x', '\\\\host\\share\\x', 'CON', 'NUL', 'COM1.txt', 'a.', 'b ', '..\\x', 'x:stream', '~', '$HOME'];
    const entries = names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))).map(at);
    const { outcome, left, target } = await restoreEntries(entries, options);
    expect(outcome).toMatchObject({ files: names.length });
    expect(left.sort()).toEqual(names.sort());
    for (const name of names) expect(readFileSync(join(target, name), 'utf8')).toBe('content of the file');
  });

  test.each([
    ['says that it is far more', () => bombFrame(4), { size: terabyte }],
    ['lies in a pack that ends before', () => bombFrame(4), { size: terabyte, length: 2 ** 50 }],
    ['is a frame of four gibibytes', () => bombFrame(4096), { size: 100 }],
    ['is such a frame and large', () => bombFrame(4096), { size: 4096 * mebibyte }],
    ['is such a frame that says less', () => bombFrame(4096, 100n), { size: 100 }],
    ['is such a frame that says more', () => bombFrame(1, 2n ** 60n), { size: 100 }],
    [
      'is a frame without an end',
      () => Buffer.concat([bombFrame(1).subarray(0, 6), Buffer.alloc(40 * mebibyte)]),
      { size: terabyte },
    ],
    ['is a frame that is passed over and has no end', () => skippableOf(40 * mebibyte), { size: terabyte }],
  ])('content that %s is damaged, and memory stays as it was', async (_, bytes, said) => {
    const bomb = await storedAs(bytes(), said);
    const before = peakMebibytes();
    const { outcome, left } = await restoreEntries([bomb], options);
    expect(outcome).toMatchObject({ code: 'format.damaged' });
    expect(left).toEqual([]);
    expect(peakMebibytes() - before).toBeLessThan(400);
  });
});

/** What the process took at most so far. */
const peakMebibytes = () => resourceUsage().maxRSS / 1024;

function skippableOf(length: number): Buffer {
  const frame = Buffer.alloc(length);
  frame.writeUInt32LE(0x184d2a50, 0);
  frame.writeUInt32LE(0xfffffff0, 4);
  return frame;
}

test('many files that are said to begin one byte after the other, each very large, take no more memory', async () => {
  const { extent: first, ...large } = await storedAs(bombFrame(40), { size: 7 * mebibyte });
  const entries = Array.from({ length: 200 }, (_, i) => ({
    ...large,
    path: `f${String(i).padStart(3, '0')}`,
    extent: { ...first!, offset: i, length: 39 * mebibyte },
  }));
  const before = peakMebibytes();
  const { outcome } = await restoreEntries(entries);
  expect(outcome).toMatchObject({ code: 'format.damaged' });
  expect(peakMebibytes() - before).toBeLessThan(400);
});

test.each([
  ['is a bomb', () => bombFrame(2048)],
  ['is one line', () => bombFrame(300)],
])('a segment that %s is damaged, within the limit of a segment', async (_, bytes) => {
  const share = { ...record, segments: [await segmentOf(stage.store, bytes())] };
  const before = peakMebibytes();
  const { outcome } = await restoreHostile(share);
  expect(outcome).toMatchObject({ code: 'format.damaged' });
  expect(peakMebibytes() - before).toBeLessThan(1200);
});

test('of a segment that has grown no more is read than was recorded', async () => {
  const segment = await segmentOf(stage.store, Buffer.alloc(100));
  let read = 0;
  const store: BlobStore = {
    ...stage.store,
    read: () => Promise.reject(new Error('read whole')),
    async *stream() {
      for (; read < 1000; read += 1) yield Buffer.alloc(64);
    },
  };
  const { outcome } = await restoreHostile({ ...record, segments: [segment] }, { store });
  expect([outcome, read]).toEqual([expect.objectContaining({ code: 'format.damaged' }), 1]);
  const claim = { ...segment, size: terabyte, sha256: hash('sha256', '', 'hex') };
  expect((await restoreHostile({ ...record, segments: [claim] }, { store })).outcome).toMatchObject({ code: 'format.damaged' });
});

test('a link whose target is no name is refused and nothing is made of it', async () => {
  const { outcome, target } = await restoreEntries([link('a', 'b\0c')]);
  expect(outcome).toMatchObject({ code: 'restore.incomplete' });
  expect(existsSync(join(target, 'a'))).toBe(false);
});
