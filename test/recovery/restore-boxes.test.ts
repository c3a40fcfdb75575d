import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSharedTargets } from '../../src/adapters/local-target/shared-target';
import type { FileShareRecord, RecoveryPoint } from '../../src/contracts/recovery-point';
import { comparePaths } from '../../src/contracts/share-path';
import type { RestoreBoxInput, RestoreRecord, RestoredCounts } from '../../src/contracts/restore';
import type { BlobStore } from '../../src/ports/blob-store';
import { createRestoreBoxes, type RestoredBox } from '../../src/recovery/restore-boxes';
import { nothingRestored, sumRestored } from '../../src/recovery/restore/sum-restored';
import { type IndexEntry } from '../../src/repository/index-entry';
import { readEntries } from '../../src/repository/index-reader';
import type { RecoveryPoints } from '../../src/repository/recovery-points';
import { createShareStage, type ShareStage } from '../fileshare/share-stage';
import { createCountingStore } from '../support/counting-reads';
import { createVirtualClock } from '../support/virtual-clock';
import { spawnWriter } from '../support/writer-threads';
import { withIndex } from './doctored-share';
import { contentOf, createPlaces, recoveryPoint } from './restore-stage';

const places = createPlaces();
const old = new Date('2024-05-05T05:05:05.555Z');
let stage: ShareStage;
let share: FileShareRecord;

/** A share whose index lies in many segments, which begin in the middle of directories. */
beforeAll(async () => {
  stage = await createShareStage();
  for (let i = 0; i < 120; i++) stage.write(`site${i % 3}/folder${i % 7}/file${i}.bin`, randomBytes(2_000));
  stage.write('site1/large.bin', randomBytes(9 * 1024 * 1024));
  stage.write('site1/nothing.txt', '');
  mkdirSync(join(stage.share, 'site2/empty/below'), { recursive: true });
  symlinkSync('../site1', join(stage.share, 'site2/link'));
  for (const directory of ['site0/folder0', 'site0', 'site2/empty', 'site2']) utimesSync(join(stage.share, directory), old, old);
  share = await inSegments(await stage.backUp());
});
afterAll(() => {
  stage.dispose();
  places.dispose();
});

async function inSegments(record: FileShareRecord): Promise<FileShareRecord> {
  const entries: IndexEntry[] = [];
  for await (const segment of readEntries(stage.store, record.segments)) entries.push(...segment.entries);
  const segments = [];
  for (let at = 0; at < entries.length; at += 11) {
    segments.push(...(await withIndex(stage.store, record, entries.slice(at, at + 11))).segments);
  }
  return { ...record, segments };
}

interface Request extends Partial<Pick<RestoreRecord, 'include' | 'overwrite' | 'directory'>> {
  readonly parent?: string;
  readonly boxMs?: number;
  readonly store?: BlobStore;
}

function open({ parent = places.fresh(), boxMs = 60_000, store = stage.store, ...asked }: Request = {}) {
  mkdirSync(parent, { recursive: true });
  const record: RestoreRecord = {
    ...{ runId: '20261123T020000Z-0001', hubkeepVersion: '0', recoveryPoint, components: ['fileshare'], include: [] },
    ...{ directory: 'here', startedAt: '', status: 'running', phase: 'starting', problems: [], ...asked },
  };
  const points = { read: () => Promise.resolve({ point: { fileshare: share } as RecoveryPoint }) } as unknown as RecoveryPoints;
  const boxes = createRestoreBoxes({
    ...{ store, points, openTarget: createSharedTargets(parent, 'boot'), spawn: spawnWriter, threads: 2 },
    ...{ clock: createVirtualClock(), boxMs },
  });
  const signal = new AbortController().signal;
  const done: RestoredCounts[] = [];

  /** One range, box after box. @param twice each box at once with itself. */
  async function range(partition: number, partitions: number, twice = false): Promise<number> {
    let cursor: string | null = null;
    for (let box = 0; ; box++) {
      const input: RestoreBoxInput = { runId: record.runId, partition, partitions, box, cursor };
      const work = (): Promise<RestoredBox> => boxes.restoreBox(record, input, { signal, onProgress: () => undefined });
      const [{ next, counts }]: [RestoredBox, ...RestoredBox[]] = await Promise.all([work(), ...(twice ? [work()] : [])]);
      done.push(counts);
      cursor = next;
      if (cursor === null) return box + 1;
    }
  }

  async function finish(): Promise<number> {
    let finished = 0;
    for (const step of ['links', 'times'] as const) {
      let cursor: string | null = null;
      for (let box = 0; box === 0 || cursor !== null; box++) {
        const { next, counts }: RestoredBox = await boxes.finishBox(record, { runId: record.runId, step, box, cursor }, signal);
        done.push(counts);
        cursor = next;
        finished += 1;
      }
    }
    boxes.close(record);
    return finished;
  }

  async function all(twice = false) {
    const { partitions } = await boxes.begin(record, 3);
    const counts = await Promise.all(Array.from({ length: partitions }, (_, i) => range(i, partitions, twice)));
    await finish();
    return counts;
  }

  const restored = () => done.reduce(sumRestored, nothingRestored);
  return { ...{ boxes, record, range, finish, all, restored }, parent, target: join(parent, record.directory) };
}

test('ranges side by side give the share, with links and times, and leave nothing of their own', async () => {
  const { all, target, restored } = open();
  expect(await all()).toEqual(Array.from({ length: 12 }, () => 1));
  expect(contentOf(target)).toEqual(contentOf(stage.share));
  expect(restored()).toMatchObject({ created: { files: 122 }, symlinks: 1, directories: 26 });
});

test('boxes that are over at once go on from their cursors, in the same range and at the end', async () => {
  const { boxes, record, range, finish, target, restored } = open({ boxMs: 0 });
  expect(await boxes.begin(record, 1)).toEqual({ partitions: 4 });
  expect(await range(0, 2)).toBeGreaterThan(3);
  expect(await range(1, 2)).toBeGreaterThan(3);
  expect(await finish()).toBeGreaterThan(20);
  expect(contentOf(target)).toEqual(contentOf(stage.share));
  expect(restored()).toMatchObject({ created: { files: 122 }, equal: { files: 0 }, symlinks: 1 });
});

test('a box that begins within a segment restores what comes after, and what came before stays undone', async () => {
  const { boxes, record, target } = open();
  await boxes.begin(record, 1);
  const input = { runId: record.runId, partition: 0, partitions: 1, box: 1, cursor: 'site1/folder3/file10.bin' };
  const watch = { signal: new AbortController().signal, onProgress: () => undefined };
  const { counts } = await boxes.restoreBox(record, input, watch);
  const files = (root: string) =>
    readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => lstatSync(join(root, path)).isFile());
  const after = files(stage.share).filter(
    (path) => !path.startsWith('site2/link/') && comparePaths(path, 'site1/folder3/file10.bin') > 0,
  );
  expect(
    files(target)
      .filter((path) => !path.startsWith('.'))
      .sort(),
  ).toEqual(after.sort());
  expect(counts.created.files).toBe(after.length);
});

test('every box twice at once gives the same share', async () => {
  const { all, target, finish } = open();
  await all(true);
  expect(contentOf(target)).toEqual(contentOf(stage.share));
  // Whatever comes late finds nothing to do.
  await expect(finish()).rejects.toMatchObject({ code: 'restore.incomplete' });
});

test('a directory that is included brings what lies in all ranges, and nothing else comes', async () => {
  const { all, target } = open({ include: ['site1', 'site2/li*'] });
  await all();
  const whole = contentOf(stage.share);
  const expected = Object.keys(whole).filter((path) => /^site1(\/|$)|^site2$|^site2\/link/.test(path));
  expect(Object.keys(contentOf(target)).sort()).toEqual(expected.sort());
});

test('what broke off is gone on with by the same alone, also by the command line', async () => {
  const first = open();
  await first.boxes.begin(first.record, 1);
  await first.range(0, 4);
  const part = join(first.target, `.hubkeep-restore-${recoveryPoint}.0badcafe-1.part`);
  writeFileSync(part, 'of a box that died');
  const other = open({ parent: first.parent, include: ['site1'] });
  await expect(other.all()).rejects.toMatchObject({ code: 'restore.target-not-empty' });
  const again = open({ parent: first.parent });
  await again.all();
  expect(again.restored().equal.files).toBe(first.restored().created.files);
  expect(contentOf(first.target)).toEqual(contentOf(stage.share));
  await expect(open({ parent: first.parent }).all()).rejects.toMatchObject({ code: 'restore.target-not-empty' });
});

test('a box that fails or is stopped leaves its marker and whole files, and nothing half done', async () => {
  const controller = new AbortController();
  const stopping = createCountingStore(stage.store, (total) => {
    if (total > 4_000_000) controller.abort(new Error('stopped'));
  }).store;
  const failing = createCountingStore(stage.store, (total) => {
    if (total > 4_000_000) throw new Error('the line went dead');
  }).store;
  for (const [store, reason] of [
    [stopping, 'stopped'],
    [failing, 'the line went dead'],
  ] as const) {
    const { boxes, record, target } = open({ store });
    await boxes.begin(record, 1);
    const input = { runId: record.runId, partition: 0, partitions: 1, box: 0, cursor: null };
    const { signal } = reason === 'stopped' ? controller : new AbortController();
    const watch = { signal, onProgress: () => undefined };
    await expect(boxes.restoreBox(record, input, watch)).rejects.toThrow(reason);
    expect(readdirSync(target).filter((name) => name.startsWith('.'))).toEqual([`.hubkeep-restore-${recoveryPoint}.json`]);
    expect(existsSync(join(target, 'site1/large.bin'))).toBe(false);
  }
});

test('what is in the way is told once, and what is there is dealt with as asked for', async () => {
  const { all, target, restored } = open({ overwrite: 'never' });
  const outside = places.fresh();
  mkdirSync(outside);
  mkdirSync(join(target, 'site2'), { recursive: true });
  symlinkSync(outside, join(target, 'site0'));
  writeFileSync(join(target, 'site2/link'), 'in the way');
  mkdirSync(join(target, 'site1'));
  writeFileSync(join(target, 'site1/nothing.txt'), 'something');
  await all();
  const below = readdirSync(join(stage.share, 'site0'), { recursive: true }).length;
  const { notRestored, kept, created, symlinks } = restored();
  expect(notRestored.count).toBe(below + 2);
  expect(notRestored.entries).toContainEqual({ path: 'site2/link', why: 'a file is there' });
  expect([kept.files, kept.paths, symlinks]).toEqual([1, ['site1/nothing.txt'], 0]);
  expect(created.files).toBe(122 - 40 - 1);
  expect([readdirSync(outside), readFileSync(join(target, 'site1/nothing.txt'), 'utf8')]).toEqual([[], 'something']);
});

test('a link below RESTORE_DIRECTORY leads nowhere, and a directory that is not there is not made', async () => {
  const parent = places.fresh();
  const outside = places.fresh();
  mkdirSync(parent);
  mkdirSync(outside);
  symlinkSync(outside, join(parent, 'link'));
  for (const directory of ['link', 'link/below']) {
    await expect(open({ parent, directory }).all()).rejects.toMatchObject({ code: 'restore.unsafe-path' });
  }
  expect([readdirSync(outside), lstatSync(join(parent, 'link')).isSymbolicLink()]).toEqual([[], true]);
  const missing = join(parent, 'missing');
  const openTarget = createSharedTargets(missing, 'boot');
  expect(() => openTarget('a').open({ recoveryPoint, include: [] })).toThrow(
    expect.objectContaining({ code: 'restore.incomplete', message: expect.stringContaining('RESTORE_DIRECTORY') }),
  );
  expect(existsSync(missing)).toBe(false);
});
