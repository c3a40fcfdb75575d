import { execFileSync } from 'node:child_process';
import { readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { partitionsSchema } from '../../src/contracts/share-copy';
import { comparePaths } from '../../src/contracts/share-path';
import { limits } from '../../src/fileshare/limits';
import { outlineBounds } from '../../src/fileshare/outline';
import { readJson } from '../../src/repository/json-blob';
import { layout } from '../../src/repository/layout';
import { buildShareRecord } from '../../src/repository/share-record';
import { createShareStage, type ShareStage } from './share-stage';

// Segments of a few entries, so that a share of a few files has many; and boxes that end after each.
Object.assign(limits, { segmentEntries: 4, groupEntries: 8 });

const runId = '20261125T020000Z-aaaa';
let stage: ShareStage;

beforeEach(async () => {
  stage = await createShareStage({ boxMs: 0 });
});
afterEach(() => {
  stage.dispose();
});

function expectEqualTrees(a: string, b: string) {
  expect(execFileSync('diff', ['-r', '--no-dereference', a, b]).toString()).toBe('');
}

function writeSites(sites: number, files: number) {
  for (let site = 0; site < sites; site++) {
    for (let i = 0; i < files; i++) stage.write(`site-${site}/wwwroot/${String(i).padStart(3, '0')}.txt`, `${site} ${i % 5}`);
  }
}

async function cutsOf(width: number, point: string | null = null, id = runId): Promise<string[]> {
  const { partitions } = await stage.partitions.plan({ runId: id, point, width });
  const { cuts } = await readJson(stage.store, layout.partitions(id), partitionsSchema);
  expect(partitions).toBe(cuts.length + 1);
  expect(cuts.toSorted(comparePaths)).toEqual(cuts);
  return cuts;
}

test('a share in partitions, copied in any order, is the same share as in one piece', async () => {
  writeSites(6, 12);
  const whole = await stage.backUp();
  const other = await createShareStage({ boxMs: 0 });
  execFileSync('cp', ['-a', `${stage.share}/.`, other.share]);
  const cut = await other.backUp({ width: 3, delta: true });
  expect((await other.entries(cut)).map(({ path }) => path)).toEqual((await stage.entries(whole)).map(({ path }) => path));
  expect(cut.counts).toMatchObject({ files: 72, directories: 12, added: 72, removed: 0, failed: 0 });
  expectEqualTrees(other.share, await other.restore(cut));
  other.dispose();
});

test('files that come, change and go are told from one another in every partition', async () => {
  writeSites(6, 12);
  await stage.backUp({ width: 2 });
  stage.write('a first one.txt', 'new, before all others');
  stage.write('site-2/wwwroot/005a.txt', 'new, between');
  stage.write('zz/last.txt', 'new, after all others');
  stage.write('site-3/wwwroot/004.txt', 'changed and longer');
  stage.remove('site-4');
  const second = await stage.backUp({ width: 3 });
  expect(second.counts).toMatchObject({ files: 63, added: 3, changed: 1, removed: 12, unchanged: 59 });
  expectEqualTrees(stage.share, await stage.restore(second));
});

test('an unchanged share keeps every segment, however it is cut', async () => {
  writeSites(6, 12);
  const first = await stage.backUp({ width: 2 });
  expect(first.segments.length).toBeGreaterThan(8);
  for (const width of [3, 1]) expect((await stage.backUp({ width, delta: true })).segments).toEqual(first.segments);
});

test('a point is cut at the bounds of its segments into about equal parts', async () => {
  writeSites(6, 12);
  const { segments } = await stage.backUp();
  const cuts = await cutsOf(2, (await stage.points.latest()).point.id);
  expect(cuts).toHaveLength(7);
  const bounds = segments.map(({ last }) => `${last}/\0`);
  expect(bounds).toEqual(expect.arrayContaining(cuts));
});

test('a first share is cut by what its top shows, some levels down, and no further than needed', async () => {
  for (let site = 0; site < 40; site++) stage.write(`web/sites/${site}/index.html`, 'x');
  const listed: string[] = [];
  stage.faults.onList = (directory) => listed.push(directory);
  expect(await cutsOf(2)).toHaveLength(7);
  expect(listed).toEqual(['', 'web', 'web/sites']);
});

test('looking at the top of a first share has an end', async () => {
  const { listings } = outlineBounds;
  Object.assign(outlineBounds, { listings: 5 });
  for (let site = 0; site < 10; site++) stage.write(`sites/${site}/index.html`, 'x');
  let listed = 0;
  stage.faults.onList = () => listed++;
  await cutsOf(16);
  Object.assign(outlineBounds, { listings });
  expect(listed).toBe(2);
});

test('one directory that is all there is can be cut too', async () => {
  for (let i = 0; i < 100; i++) stage.write(`flat/${String(i).padStart(3, '0')}.txt`, `${i}`);
  expect(await cutsOf(2)).toHaveLength(7);
  const record = await stage.backUp({ width: 2 });
  expectEqualTrees(stage.share, await stage.restore(record));
});

test('names that are not UTF-8 bound a partition as any other', async () => {
  for (let i = 0; i < 40; i++) {
    const name = Buffer.from([0x80 + i, 0x61]);
    writeFileSync(Buffer.concat([Buffer.from(`${stage.share}/`), name]), name);
  }
  expect((await cutsOf(4)).join('')).toMatch(/[\udc80-\udcff]/);
  const record = await stage.backUp({ width: 4, delta: true });
  expect(record.counts).toMatchObject({ files: 40, added: 40 });
  const restored = await stage.restore(record);
  expect(readdirSync(restored, 'buffer')).toEqual(readdirSync(stage.share, 'buffer'));
});

test('two plans of one run at once are one plan', async () => {
  writeSites(6, 2);
  const plans = await Promise.all([2, 3, 4].map((width) => stage.partitions.plan({ runId, point: null, width })));
  expect(new Set(plans.map(({ partitions }) => partitions)).size).toBe(1);
  stage.write('another/file.txt', 'x');
  expect(await stage.partitions.plan({ runId, point: null, width: 5 })).toEqual(plans[0]);
});

test('a directory that partitions share and that cannot be listed keeps all it held', async () => {
  writeSites(1, 40);
  await stage.backUp({ width: 2 });
  stage.faults.unlistable.set('site-0/wwwroot', 'share.denied');
  const second = await stage.backUp({ width: 2 });
  expect(second.counts).toMatchObject({ removed: 0, files: 40, stale: 40 });
});

test('a directory that partitions share and that cannot even be looked at keeps all it held', async () => {
  writeSites(1, 40);
  await stage.backUp({ width: 2 });
  stage.faults.unstattable.set('site-0', 'share.denied');
  const second = await stage.backUp({ width: 2 });
  expect(second.counts).toMatchObject({ removed: 0, files: 40 });
  stage.faults.unstattable.clear();
  expectEqualTrees(stage.share, await stage.restore(second));
});

test('a directory that partitions share and that became a file after the bulk pass is a file', async () => {
  writeSites(2, 40);
  const record = await stage.backUp({
    delta: true,
    width: 2,
    meanwhile: () => {
      stage.remove('site-0');
      stage.write('site-0', 'a file by now');
    },
  });
  expect(record.counts).toMatchObject({ files: 41, failed: 0 });
  expectEqualTrees(stage.share, await stage.restore(record));
});

test('a directory that partitions share and that vanished after the bulk pass is still in the point', async () => {
  writeSites(2, 40);
  const record = await stage.backUp({ delta: true, width: 2, meanwhile: () => stage.remove('site-0') });
  expect(record.counts).toMatchObject({ files: 80 });
  expect(readdirSync(join(await stage.restore(record), 'site-0/wwwroot'))).toHaveLength(40);
});

test('a file that is a directory by the time the next partition looks gives way to what it holds', async () => {
  writeSites(2, 40);
  const directory = join(stage.share, 'site-0');
  const aside = join(stage.share, '..', 'aside');
  const { partitions, store, fileShare } = stage;
  const plan = await partitions.plan({ runId, point: null, width: 2 });
  const within = (await cutsOf(2)).findIndex((cut) => cut.startsWith('site-0/'));
  expect(within).toBeGreaterThanOrEqual(0);
  const boxes: number[] = [];
  for (let partition = 0; partition < plan.partitions; partition++) {
    if (partition === within) {
      renameSync(directory, aside);
      stage.write('site-0', 'a file for a moment');
    }
    let cursor: string | null = null;
    for (boxes[partition] = 0; boxes[partition] === 0 || cursor !== null; boxes[partition]! += 1) {
      const place = { partition, partitions: plan.partitions, box: boxes[partition]!, cursor };
      const request = await partitions.requestOf({ runId, sequence: 1, pass: 'bulk', point: null, ...place });
      const options = { signal: new AbortController().signal, onProgress: () => undefined };
      cursor = (await fileShare.copyBox(request, options)).result.next;
    }
    if (partition === within) {
      stage.remove('site-0');
      renameSync(aside, directory);
    }
  }
  const record = await buildShareRecord({ store, runId, bulk: boxes, delta: [], base: undefined });
  expect(record.failed.first).toEqual([expect.objectContaining({ path: 'site-0', code: 'share.changing' })]);
  const entries = await stage.entries(record);
  expect(entries.map(({ path }) => path)).not.toContain('site-0');
  expect(entries.some(({ path }) => path.startsWith('site-0/'))).toBe(true);
  expect(record.counts).toMatchObject({ failed: 1, files: entries.filter(({ type }) => type === 'file').length });
  await stage.restore(record);
});
