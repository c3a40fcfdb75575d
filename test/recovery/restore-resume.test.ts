import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { FileShareRecord } from '../../src/contracts/recovery-point';
import type { BlobStore } from '../../src/ports/blob-store';
import { createShareStage, type ShareStage } from '../fileshare/share-stage';
import { createCountingStore } from '../support/counting-reads';
import { contentOf, createPlaces, recoveryPoint, restore } from './restore-stage';

const places = createPlaces();
const marker = `.hubkeep-restore-${recoveryPoint}.json`;
let stage: ShareStage;
let record: FileShareRecord;
let whole: Record<string, unknown>;

beforeAll(async () => {
  stage = await createShareStage();
  for (let i = 0; i < 400; i++) stage.write(`site${i % 7}/folder${i % 31}/file${i}.bin`, randomBytes(20_000));
  stage.write('site1/large.bin', randomBytes(20 * 1024 * 1024));
  stage.write('site1/nothing.txt', '');
  mkdirSync(join(stage.share, 'site2/empty/below'), { recursive: true });
  symlinkSync('../site1', join(stage.share, 'site2/link'));
  record = await stage.backUp();
  const target = places.fresh();
  await restore({ store: stage.store, share: record, target });
  whole = contentOf(target);
});
afterAll(() => {
  stage.dispose();
  places.dispose();
});

function failingAfter(bytes: number): BlobStore {
  return createCountingStore(stage.store, (total) => {
    if (total > bytes) throw new Error('the line went dead');
  }).store;
}

function bytesIn(target: string): number {
  const names = readdirSync(target, { recursive: true, encoding: 'utf8' }).filter((name) => !name.startsWith('.hubkeep'));
  return names.map((name) => statSync(join(target, name))).reduce((sum, stats) => sum + (stats.isFile() ? stats.size : 0), 0);
}

test('a restore equals the share and leaves nothing of its own', async () => {
  expect(whole).toEqual(contentOf(stage.share));
});

test('a restore that broke off is gone on with, and what is there is not fetched again', async () => {
  const target = places.fresh();
  await expect(restore({ store: failingAfter(24_000_000), share: record, target })).rejects.toThrow('the line went dead');
  expect(existsSync(join(target, marker))).toBe(true);
  const kept = bytesIn(target);
  expect(kept).toBeGreaterThan(1_000_000);

  const { store, bytes } = createCountingStore(stage.store);
  const restored = await restore({ store, share: record, target });
  expect(restored).toMatchObject({ files: 402, bytes: 400 * 20_000 + 20 * 1024 * 1024, symlinks: 1 });
  expect(contentOf(target)).toEqual(whole);
  expect(bytes()).toBeLessThan(1.02 * restored.bytes - 0.9 * kept);
});

test('what a kill left unfinished is written anew', async () => {
  const target = places.fresh();
  await expect(restore({ store: failingAfter(24_000_000), share: record, target })).rejects.toThrow();
  const torn = join(target, 'site0/folder0');
  mkdirSync(torn, { recursive: true });
  rmSync(join(torn, 'file0.bin'), { force: true });
  writeFileSync(join(torn, 'file0.bin'), readFileSync(join(stage.share, 'site0/folder0/file0.bin')).subarray(0, 4096));
  rmSync(join(torn, 'file217.bin'), { force: true });
  writeFileSync(join(torn, 'file217.bin'), Buffer.alloc(20_000));
  writeFileSync(join(target, `.hubkeep-restore-${recoveryPoint}.0-9.part`), 'half of a large file');
  symlinkSync('../site1', join(target, 'site2', 'link'));
  await restore({ store: stage.store, share: record, target });
  expect(contentOf(target)).toEqual(whole);
});

test('after the machine went down nothing is believed to have reached the disk', async () => {
  const target = places.fresh();
  await expect(restore({ store: failingAfter(24_000_000), share: record, target })).rejects.toThrow();
  const { store, bytes } = createCountingStore(stage.store);
  await restore({ store, share: record, target, bootId: 'another boot' });
  expect(contentOf(target)).toEqual(whole);
  expect(bytes()).toBeGreaterThan(28_000_000);
});

test('a file whose time is yet to come is never taken for finished', async () => {
  const place = join(stage.share, 'site3/future.txt');
  writeFileSync(place, 'as it was');
  utimesSync(place, new Date('2098-01-01'), new Date('2098-01-01'));
  const later = await stage.backUp();
  const target = places.fresh();
  mkdirSync(join(target, 'site3'), { recursive: true });
  writeFileSync(join(target, marker), JSON.stringify({ include: [], bootId: 'boot' }));
  writeFileSync(join(target, 'site3/future.txt'), 'tampered!');
  utimesSync(join(target, 'site3/future.txt'), new Date('2098-01-01'), new Date('2098-01-01'));
  await restore({ store: stage.store, share: later, target });
  expect(readFileSync(join(target, 'site3/future.txt'), 'utf8')).toBe('as it was');
  expect(statSync(join(target, 'site3/future.txt')).mtimeMs).toBe(Date.parse('2098-01-01'));
});

test('a target that holds anything else is refused as it is', async () => {
  const mine = places.fresh();
  mkdirSync(join(mine, 'mine'), { recursive: true });
  const others = places.fresh();
  mkdirSync(others);
  writeFileSync(join(others, '.hubkeep-restore-20250101T000000Z-0000.json'), JSON.stringify({ include: [], bootId: 'boot' }));
  const narrower = places.fresh();
  mkdirSync(narrower);
  writeFileSync(join(narrower, marker), JSON.stringify({ include: ['site1'], bootId: 'boot' }));
  for (const [target, message] of [
    [mine, /is not empty$/],
    [others, /unfinished restore of 20250101T000000Z-0000$/],
    [narrower, /another --include$/],
  ] as const) {
    const before = contentOf(target);
    await expect(restore({ store: stage.store, share: record, target })).rejects.toMatchObject({
      code: 'restore.target-not-empty',
      message: expect.stringMatching(message),
    });
    expect(contentOf(target)).toEqual(before);
  }
});

test('a restore killed while it wrote its marker begins anew', async () => {
  const target = places.fresh();
  mkdirSync(target);
  writeFileSync(join(target, marker), '{"incl');
  await restore({ store: stage.store, share: record, target });
  expect(contentOf(target)).toEqual(whole);
});
