import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, readlinkSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileShareRecord } from '../../src/contracts/recovery-point';
import { limits } from '../../src/fileshare/limits';
import { createVirtualClock } from '../support/virtual-clock';
import { createShareStage, type ShareStage } from './share-stage';

const later = new Date('2024-05-01T12:00:00Z');
const file = 'site/file.txt';
const other = 'site/other.txt';
let stage: ShareStage;

beforeEach(async () => {
  stage = await createShareStage({ clock: createVirtualClock() });
  stage.write(file, 'as it was');
  stage.write(other, 'as it was, too');
});

afterEach(() => {
  stage.dispose();
});

/** Happens once, between the listing and the first reading of the file. */
function beforeReading(path: string, happens: () => void) {
  stage.faults.onRead = (read) => {
    if (read !== path) return;
    stage.faults.onRead = () => undefined;
    happens();
  };
}

const large = (fill: string) => fill.repeat(limits.streamed + 1_000_000);
const place = (path = file) => join(stage.share, path);
const failedOf = ({ failed }: FileShareRecord) =>
  failed.first.map(({ path, code, keptEarlier }) => ({ path, code, keptEarlier }));
const contentOf = async (record: FileShareRecord, path = file) => readFileSync(join(await stage.restore(record), path), 'utf8');

describe.each([
  ['removed', () => stage.remove(file)],
  [
    'replaced by a directory',
    () => {
      stage.remove(file);
      stage.write(`${file}/below`, 'below');
    },
  ],
  [
    'replaced by a link to outside the share',
    () => {
      stage.remove(file);
      symlinkSync('/etc/hostname', place());
    },
  ],
  [
    'replaced by a pipe',
    () => {
      stage.remove(file);
      execFileSync('mkfifo', [place()]);
    },
  ],
])('a file that is %s between being listed and being read', (_, happens) => {
  test('is listed with its reason when it is new, and the rest is backed up', async () => {
    beforeReading(file, happens);
    const record = await stage.backUp();
    expect(failedOf(record)).toEqual([{ path: file, code: 'share.vanished', keptEarlier: false }]);
    expect(await stage.entry(record, file)).toBeUndefined();
    expect(await contentOf(record, other)).toBe('as it was, too');
  });

  test('keeps what an earlier point has of it, marked as such', async () => {
    await stage.backUp();
    stage.write(file, 'changed', later);
    beforeReading(file, happens);
    const record = await stage.backUp();
    expect(failedOf(record)).toEqual([{ path: file, code: 'share.vanished', keptEarlier: true }]);
    expect(await stage.entry(record, file)).toMatchObject({ stale: { why: 'share.vanished' } });
    expect(await contentOf(record)).toBe('as it was');
  });
});

test('the second look finds what took the place of a file, and the point can be restored', async () => {
  beforeReading(file, () => {
    stage.remove(file);
    symlinkSync('other.txt', place());
  });
  const record = await stage.backUp({ delta: true });
  expect(record.counts).toMatchObject({ failed: 0, stale: 0, symlinks: 1 });
  expect(readlinkSync(join(await stage.restore(record), file))).toBe('other.txt');
});

test.each([
  ['grows', () => appendFileSync(place(), ', and more'), 'as it was, and more'],
  ['shrinks', () => truncateSync(place(), 2), 'as'],
  ['becomes empty', () => truncateSync(place(), 0), ''],
  ['is rewritten at the same size', () => writeFileSync(place(), 'AS IT WAS'), 'AS IT WAS'],
  ['becomes one of 17 MiB', () => writeFileSync(place(), large('x')), large('x')],
])('a file that %s after it was listed is stored as it is by then', async (_, happens, expected) => {
  beforeReading(file, happens);
  const record = await stage.backUp();
  expect(failedOf(record)).toEqual([]);
  expect((await contentOf(record)) === expected).toBe(true);
});

test('a large file that is cut short while it is read is listed, and the next night has it whole', async () => {
  stage.write(file, large('y'));
  stage.faults.onChunk = (path, chunk) => {
    if (path === file && chunk === 3) truncateSync(place(), 5_000_000);
  };
  expect(failedOf(await stage.backUp())).toEqual([{ path: file, code: 'share.changing', keptEarlier: false }]);
  stage.faults.onChunk = () => undefined;
  const record = await stage.backUp();
  expect(failedOf(record)).toEqual([]);
  expect((await contentOf(record)) === 'y'.repeat(5_000_000)).toBe(true);
});

test.each([
  ['small', 'short'],
  ['large', large('z')],
])('a %s file that cannot be read to its end keeps its earlier content, and its neighbours are stored', async (_, content) => {
  await stage.backUp();
  stage.write(file, content, later);
  stage.write(other, 'changed', later);
  stage.faults.unfinishable.set(file, 'share.unreadable');
  const record = await stage.backUp();
  expect(failedOf(record)).toEqual([{ path: file, code: 'share.unreadable', keptEarlier: true }]);
  expect([await contentOf(record), await contentOf(record, other)]).toEqual(['as it was', 'changed']);
  expect(await packsWithoutBlob(record)).toEqual([]);
});

async function packsWithoutBlob(record: FileShareRecord): Promise<string[]> {
  const keys = new Set<string>();
  for await (const { key } of stage.store.list('packs/')) keys.add(key);
  const packs = (await stage.entries(record)).flatMap((entry) =>
    entry.type === 'file' && entry.extent !== undefined ? [`packs/${entry.extent.pack}.tar.zst`] : [],
  );
  return packs.filter((key) => !keys.has(key));
}

describe.each([
  ['small', 'short'],
  ['large', large('l')],
])('a locked %s file', (_, content) => {
  beforeEach(async () => {
    await stage.backUp();
    stage.write(file, content, later);
    stage.faults.unopenable.set(file, 'share.locked');
  });

  test('is tried again after a while, and stored when it is free by then', async () => {
    let tries = 0;
    stage.faults.onRead = (path) => {
      if (path === file && ++tries === 3) stage.faults.unopenable.clear();
    };
    const record = await stage.backUp();
    expect(failedOf(record)).toEqual([]);
    expect((await contentOf(record)) === content).toBe(true);
  });

  test('is listed when it stays locked, and keeps its earlier content', async () => {
    let tries = 0;
    stage.faults.onRead = (path) => {
      if (path === file) tries += 1;
    };
    const record = await stage.backUp();
    expect(tries).toBeGreaterThan(2);
    expect(failedOf(record)).toEqual([{ path: file, code: 'share.locked', keptEarlier: true }]);
    expect(await contentOf(record)).toBe('as it was');
  });
});

test.each([
  ['is removed', () => stage.remove('site')],
  [
    'is replaced by a link to outside the share',
    () => {
      stage.remove('site');
      symlinkSync('/etc', place('site'));
    },
  ],
])('a directory that %s before it is listed keeps all it held, and nothing behind it is read', async (_, happens) => {
  stage.write('z.txt', 'last');
  await stage.backUp();
  stage.faults.onList = (directory) => {
    if (directory === 'site') happens();
  };
  const record = await stage.backUp();
  expect(failedOf(record)).toEqual([{ path: 'site', code: 'share.vanished', keptEarlier: true }]);
  expect(record.counts).toMatchObject({ files: 3, stale: 2, removed: 0 });
  expect((await stage.entries(record)).map(({ path }) => path)).toEqual(['site', file, other, 'z.txt']);
});

test('names that only bytes can tell apart are told apart', async () => {
  for (const name of [
    'caf\u00e9',
    'cafe\u0301',
    'A.txt',
    'a.txt',
    'a.txt ',
    'a.txt.',
    'a\\b',
    'a:b',
    'a\nb',
    'a\tb',
    '...',
    '..x',
    '-rf',
    '*',
  ])
    stage.write(`names/${name}`, `content of ${name}`);
  const record = await stage.backUp();
  expect(record.counts).toMatchObject({ files: 16, failed: 0 });
  expect(execFileSync('diff', ['-r', stage.share, await stage.restore(record)]).toString()).toBe('');
});

test('a file that is written to again and again is waited for, and stored when it stands still', async () => {
  const clock = createVirtualClock();
  const sleep = (ms: number) => {
    still.faults.changing.clear();
    return clock.sleep(ms);
  };
  const still = await createShareStage({ clock: { ...clock, sleep } });
  still.write(file, 'whole');
  still.faults.changing.add(file);
  const record = await still.backUp();
  expect(failedOf(record)).toEqual([]);
  expect(await still.entry(record, file)).not.toHaveProperty('racy');
  still.dispose();
});
