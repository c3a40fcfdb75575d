import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { RecoveryPoint } from '../../src/contracts/recovery-point';
import type { IndexEntry } from '../../src/repository/index-entry';
import { readSegment } from '../../src/repository/index-reader';
import { openStage, type Stage } from './stage';

let stage: Stage;
let points: RecoveryPoint[];
/** The index as it was, by point. */
const original = new Map<string, IndexEntry[]>();
const nights = [1, 2, 3, 4];

beforeAll(async () => {
  stage = await openStage();
  mkdirSync(join(stage.share, 'odd'));
  for (const night of nights) {
    change(night);
    // Long ago, so that no file was changed just before it was read: that is what packs do not tell.
    if (night < 4) age();
    execFileSync('cp', ['-a', stage.share, join(stage.work, `night-${night}`)]);
    expect((await stage.hubkeepWith({ FILE_SHARE_WIDTH: night === 1 ? '1' : '3' }, 'backup')).code).toBe(0);
  }
  const ids = (await stage.hubkeep('list', '--json')).json().map(({ id }: { id: string }) => id) as string[];
  points = [];
  for (const id of ids) {
    points.push((await stage.hubkeep('show', id, '--json')).json() as RecoveryPoint);
    original.set(id, await entriesOf(points.at(-1)!));
  }
});
afterAll(() => stage.close());

function change(night: number) {
  const at = (name: string) => join(stage.share, 'odd', name);
  const noise = (seed: string, blocks: number) =>
    Buffer.concat(Array.from({ length: blocks }, (_, i) => createHash('sha512').update(`${seed}${i}`).digest()));
  if (night === 1) {
    writeFileSync(at('ümläut 😀.txt'), 'unicode');
    writeFileSync(at('a'.repeat(200)), 'a long name');
    writeFileSync(at('twice-1'), noise('twice', 300));
    writeFileSync(at('twice-2'), noise('twice', 300));
    writeFileSync(at('empty'), '');
    writeFileSync(at('two frames'), noise('two', 40_000));
    writeFileSync(at('large'), noise('large', 300_000));
    symlinkSync('ümläut 😀.txt', at('link'));
    mkdirSync(at('will go/below'), { recursive: true });
    writeFileSync(at('will go/below/file'), 'gone soon');
    mkdirSync(at('empty folder'));
  } else if (night === 2) {
    rmSync(at('will go'), { recursive: true });
    copyFileSync(at('two frames'), at('a copy of what is stored'));
    appendFileSync(at('ümläut 😀.txt'), ' and more');
    rmSync(at('link'));
    symlinkSync('elsewhere', at('link'));
  } else if (night === 3) {
    renameSync(at('large'), at('large, moved'));
    writeFileSync(at('will go'), 'a file where a directory was');
    rmSync(at('empty'));
    mkdirSync(at('empty'));
  } else {
    writeFileSync(at('of this minute'), 'changed just before it was read');
  }
}

function age() {
  execFileSync('find', [
    stage.share,
    '-newermt',
    '2020-01-01',
    '-exec',
    'touch',
    '-h',
    '-d',
    '2019-05-05 05:05:05.123456789',
    '{}',
    '+',
  ]);
  utimesSync(join(stage.share, 'odd'), 1_500_000_000.5, 1_500_000_000.25);
}

function shareOf({ fileshare }: RecoveryPoint) {
  if (fileshare?.status !== 'succeeded') throw new Error('the point has no share');
  return fileshare;
}

async function entriesOf(point: RecoveryPoint): Promise<IndexEntry[]> {
  const lines = [];
  for (const segment of shareOf(point).segments) lines.push(...(await readSegment(stage.store(), segment)));
  return lines.map(({ entry }) => entry);
}

/** Every segment of every point, as if somebody had emptied the folder. */
async function loseIndex(): Promise<() => Promise<void>> {
  const store = stage.store();
  const kept = new Map<string, { content: Buffer; sha256: string }>();
  for (const point of points) {
    for (const { key, sha256 } of shareOf(point).segments)
      if (!kept.has(key)) kept.set(key, { content: (await store.read(key)).content, sha256 });
  }
  for (const key of kept.keys()) await store.remove(key);
  return async () => {
    for (const [key, { content, sha256 }] of kept) await store.put(key, content, { sha256 });
  };
}

test.each(nights.slice(0, 3))('the index of night %i comes back byte for byte', async (night) => {
  const point = points[night - 1]!;
  const mend = await loseIndex();
  expect((await stage.hubkeep('restore', point.id, '--fileshare', join(stage.work, `lost-${night}`))).code).toBe(1);
  const preview = await stage.hubkeep('rebuild-index', point.id, '--dry-run', '--json');
  const rebuilt = await stage.hubkeep('rebuild-index', point.id, '--json');
  expect(rebuilt.json()).toEqual(preview.json());
  expect(rebuilt).toMatchObject({ code: 0 });
  expect(rebuilt.json()).toMatchObject({ recoveryPoint: point.id, lostPacks: [], unreadable: [] });
  expect(new Set(rebuilt.json().segments.map(({ state }: { state: string }) => state))).toEqual(new Set(['put-back']));
  expect(await entriesOf(point)).toEqual(original.get(point.id));
  const target = join(stage.work, `back-${night}`);
  expect((await stage.hubkeep('restore', point.id, '--fileshare', target)).code).toBe(0);
  execFileSync('diff', ['-r', '--no-dereference', join(stage.work, `night-${night}`), target]);
  expect((await stage.hubkeep('verify', point.id, '--deep', '--json')).json().findings).toEqual([]);
  expect((await stage.hubkeep('rebuild-index', point.id)).stdout).toContain('intact, 0 put back');
  await mend();
});

test('files changed just before they were read make it differ, at most; a restore from it is equal all the same', async () => {
  const point = points[3]!;
  const mend = await loseIndex();
  // A directory's time is of this minute too, and a file's that was not read within two seconds of it.
  const lastSegment = shareOf(point).segments.at(-1)!;
  const { code } = await stage.hubkeep('rebuild-index', point.id);
  expect([0, 3]).toContain(code);
  const target = join(stage.work, 'back-4');
  expect((await stage.hubkeep('restore', point.id, '--fileshare', target, '--rebuilt-index')).code).toBe(0);
  execFileSync('diff', ['-r', '--no-dereference', join(stage.work, 'night-4'), target]);
  await mend();
  expect(await stage.store().stat(lastSegment.key)).toMatchObject({ sha256: lastSegment.sha256 });
});

test('a pack that is missing is named, what it alone tells is not there, and the rest is', async () => {
  const point = points[2]!;
  const mend = await loseIndex();
  const store = stage.store();
  const of = original.get(point.id)!.find(({ path }) => path === 'odd/large, moved')!;
  const pack = of.type === 'file' ? of.extent!.pack : '';
  const lost = `packs/${pack}.tar.zst`;
  const { content } = await store.read(lost);
  const { sha256 = '' } = await store.stat(lost);
  await store.remove(lost);
  const rebuilt = await stage.hubkeep('rebuild-index', point.id, '--json');
  // A later journal has the line of the file, so that only its content is lost.
  expect(rebuilt.json().lostPacks).toEqual([{ pack, reason: 'is missing' }]);
  expect((await entriesOf(point)).length).toBe(original.get(point.id)!.length);
  const text = await stage.hubkeep('rebuild-index', points[0]!.id);
  expect(text.stdout).toContain(`pack ${pack} is missing: what it alone tells is not in the index`);
  expect(text.code).toBe(3);
  await store.put(lost, content, { sha256 });
  await mend();
});

test('a list of packs that is lost is made up for by what lies in the store', async () => {
  const point = points[1]!;
  const mend = await loseIndex();
  const store = stage.store();
  const lists = [...new Set(points.slice(0, 2).map((one) => shareOf(one).packs))];
  const kept = await Promise.all(lists.map(async ({ key }) => (await store.read(key)).content));
  for (const { key } of lists) await store.remove(key);
  expect((await stage.hubkeep('rebuild-index', point.id)).code).toBe(0);
  expect(await entriesOf(point)).toEqual(original.get(point.id));
  for (const [i, { key, sha256 }] of lists.entries()) await store.put(key, kept[i]!, { sha256 });
  await mend();
});

test('a point without a share has no index to rebuild', async () => {
  const { code, stderr } = await stage.hubkeep('rebuild-index', '20200101T000000Z-0000');
  expect(code).toBe(1);
  expect(stderr).toContain('there is no recovery point 20200101T000000Z-0000');
  expect(readFileSync(join(stage.share, 'odd', 'of this minute'), 'utf8')).toContain('changed just before');
});
