import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCopyShareBox } from '../../src/activities/copy-share-box';
import { createSystemClock } from '../../src/adapters/system-clock';
import { limits } from '../../src/fileshare/limits';
import { boxKeys, readBoxes } from '../../src/repository/share-boxes';
import { createProgressReporter } from '../../src/runs/progress-reporter';
import { collect } from '../support/collect';
import { silentLog } from '../support/silent-log';
import { createShareStage, type ShareStage } from './share-stage';

// Segments of a few entries, so that a share of a few files has many.
Object.assign(limits, { segmentEntries: 4, groupEntries: 8 });

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

function writeFiles(directory: string, count: number) {
  for (let i = 0; i < count; i++) stage.write(`${directory}/${String(i).padStart(3, '0')}.txt`, `${directory} ${i}`);
}

test('a directory that cannot be listed any more when a later box begins within it keeps all it held', async () => {
  writeFiles('a', 20);
  writeFiles('b', 3);
  await stage.backUp();
  let listings = 0;
  stage.faults.onList = (directory) => {
    if (directory === 'a' && ++listings === 2) stage.faults.unlistable.set('a', 'share.denied');
  };
  const second = await stage.backUp();
  expect(second.counts).toMatchObject({ removed: 0, files: 23 });
  expect(second.failed.first).toContainEqual(expect.objectContaining({ path: 'a', code: 'share.denied', keptEarlier: true }));
  expectEqualTrees(stage.share, await stage.restore(second));
});

test('a directory that could never be listed keeps all it held, over several boxes', async () => {
  writeFiles('a', 20);
  await stage.backUp();
  stage.faults.unlistable.set('a', 'share.denied');
  const second = await stage.backUp();
  expect(second.counts).toMatchObject({ removed: 0, files: 20, stale: 20 });
});

test('a directory that became a file after the bulk pass is a file, and the point can be restored', async () => {
  writeFiles('site', 20);
  writeFiles('site/deeper', 5);
  writeFiles('sites', 3);
  const record = await stage.backUp({
    delta: true,
    meanwhile: () => {
      stage.remove('site');
      stage.write('site', 'a file by now');
    },
  });
  expectEqualTrees(stage.share, await stage.restore(record));
});

test('a box ends in time although one segment of its base has grown without end', async () => {
  stage.write('a.txt', 'first');
  stage.write('z.txt', 'last');
  await stage.backUp();
  writeFiles('new', 100);
  const newest = await stage.points.latest();
  const { results } = await stage.copyPass({
    runId: '20261123T020000Z-aaaa',
    sequence: 2,
    pass: 'bulk',
    base: { kind: 'point', id: newest.point.id },
  });
  expect(results.length).toBeGreaterThan(8);
  const record = await stage.backUp();
  expectEqualTrees(stage.share, await stage.restore(record));
});

test('a cursor that is not UTF-8 comes through a history that keeps only what is', async () => {
  const names = Array.from({ length: 40 }, (_, i) => Buffer.from([0x80 + i, 0x61]));
  for (const name of names) writeFileSync(Buffer.concat([Buffer.from(`${stage.share}/`), name]), name);
  const clock = createSystemClock();
  const copyBox = createCopyShareBox({
    guard: (_, work) => work(new AbortController().signal),
    progress: createProgressReporter({ store: stage.store, clock, log: silentLog }),
    partitions: stage.partitions,
    fileShare: stage.fileShare,
    points: stage.points,
  });
  const run = { runId: '20261123T020000Z-bbbb', sequence: 1, pass: 'bulk', point: null, partition: 0, partitions: 1 } as const;
  let boxes = 0;
  let cursor: string | null = null;
  do {
    const copied: Awaited<ReturnType<typeof copyBox>> = await copyBox({ ...run, box: boxes, cursor });
    if (copied.status === 'failed') throw new Error(copied.problem.message);
    boxes += 1;
    cursor = copied.next === null ? null : copied.next.toWellFormed();
  } while (cursor !== null);
  const results = await collect(readBoxes(stage.store, boxKeys(run.runId, { ...run, boxes })));
  expect(results.length).toBeGreaterThan(5);
  expect(results.reduce((sum, { counts }) => sum + counts.files, 0)).toBe(names.length);
});

test('a large file that is empty by the time it is read is an empty file', async () => {
  stage.write('large.bin', Buffer.alloc(17 * 1024 * 1024));
  stage.write('z/later.txt', 'later');
  stage.faults.onList = (directory) => {
    if (directory === 'z') writeFileSync(join(stage.share, 'large.bin'), '');
  };
  const record = await stage.backUp();
  const entry = await stage.entry(record, 'large.bin');
  expect(entry).toMatchObject({ size: 0 });
  expect(entry).not.toHaveProperty('extent');
});

test('a box ends when it knows all the contents it may, and the next ones go on', async () => {
  stage.dispose();
  stage = await createShareStage({ boxMs: 3_600_000 });
  writeFiles('a', 20);
  writeFiles('b', 20);
  const before = limits.knownContents;
  Object.assign(limits, { knownContents: 1 });
  try {
    const record = await stage.backUp();
    expect((await collect(stage.store.list('runs/'))).length).toBeGreaterThan(4);
    expect(record.counts).toMatchObject({ files: 40, added: 40 });
    expectEqualTrees(stage.share, await stage.restore(record));
  } finally {
    Object.assign(limits, { knownContents: before });
  }
});
