import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gatherRuns } from '../../src/recovery/rebuild/gather-runs';
import { layout } from '../../src/repository/layout';
import { createShareStage, type ShareStage } from './share-stage';

// After each night the stage loses the index and compares what packs tell with it, byte for byte.

let stage: ShareStage;
beforeEach(async () => {
  stage = await createShareStage();
  stage.write('kept.txt', 'kept');
  // After all that comes and goes: the record says where a segment ends.
  stage.write('zone.txt', 'kept too');
});
afterEach(() => stage.dispose());

const at = (path: string) => join(stage.share, path);
const pathsIn = async (record: Awaited<ReturnType<ShareStage['backUp']>>) =>
  (await stage.entries(record)).map(({ path }) => path);

test('files that are read within two seconds of their change, beside one from the future', async () => {
  stage.write('future', 'not of this minute', new Date('2100-01-01T00:00:00Z'));
  for (const name of ['one', 'two', 'one again']) writeFileSync(at(name), name.slice(0, 3));
  const first = await stage.backUp();
  expect(await stage.entry(first, 'one')).toMatchObject({ racy: true });
  // Read again and found the same: now long enough ago, or not yet.
  await stage.backUp();
  await stage.backUp({ delta: true, meanwhile: () => writeFileSync(at('two'), 'changed') });
});

test('names that are not UTF-8, beside names that look like what tar has of them', async () => {
  const bytes = (name: string) => Buffer.concat([Buffer.from(`${stage.share}/${name}`), Buffer.from([0xff])]);
  writeFileSync(bytes('raw'), 'raw bytes');
  writeFileSync(at('raw%FF'), 'a percent sign');
  writeFileSync(bytes('linked'), 'raw bytes');
  writeFileSync(bytes('empty'), '');
  writeFileSync(bytes('large'), Buffer.alloc(17 * 1024 * 1024, 'large '));
  mkdirSync(bytes('folder'));
  symlinkSync(Buffer.from([0x72, 0x61, 0x77, 0xff]), at('to-raw'));
  const record = await stage.backUp();
  expect(await stage.entry(record, 'to-raw')).toMatchObject({ target: 'raw\udcff' });
  renameSync(bytes('folder'), bytes('moved'));
  await stage.backUp();
});

test('a file in whose place comes what cannot be kept', async () => {
  stage.write('pipe', 'a file at first');
  expect(await pathsIn(await stage.backUp())).toContain('pipe');
  stage.remove('pipe');
  execFileSync('mkfifo', [at('pipe')]);
  expect(await pathsIn(await stage.backUp())).not.toContain('pipe');
});

test('a link in whose place comes a file that cannot be read', async () => {
  symlinkSync('kept.txt', at('link'));
  expect(await pathsIn(await stage.backUp())).toContain('link');
  stage.remove('link');
  stage.write('link', 'a file');
  stage.faults.unopenable.set('link', 'share.denied');
  expect(await pathsIn(await stage.backUp())).not.toContain('link');
});

test('a folder that a range begins in becomes a file between the passes', async () => {
  for (let i = 0; i < 400; i++) stage.write(`site/wwwroot/${String(i).padStart(3, '0')}/page.html`, `page ${i}`);
  await stage.backUp({ width: 2 });
  const record = await stage.backUp({
    width: 2,
    delta: true,
    meanwhile: () => {
      stage.remove('site/wwwroot');
      stage.write('site/wwwroot', 'a file');
    },
  });
  expect((await pathsIn(record)).filter((path) => path.startsWith('site/'))).toEqual(['site/wwwroot']);
});

test('a run that was not built upon tells nothing, and one whose record was deleted is looked for', async () => {
  const first = await stage.backUp();
  stage.write('second.txt', 'second');
  await stage.backUp();
  stage.write('third.txt', 'third');
  await stage.backUp();
  const runsOf = async (id: string) => {
    const { runs, unreadable } = await gatherRuns(stage.store, stage.points, id);
    return { runs: runs.map(({ run }) => run.slice(-1)), unreadable: unreadable.map((run) => run.slice(-1)) };
  };
  const newest = '20261123T020000Z-0003';
  const { point } = await stage.points.read(newest);
  if (point.fileshare?.status !== 'succeeded') throw new Error('the point has no share');
  const fourth = '20261124T020000Z-0004';
  await stage.points.commit({ ...point, id: fourth, fileshare: { ...point.fileshare, base: '20261121T020000Z-0001' } });
  expect(await runsOf(fourth)).toEqual({ runs: ['1', '4'], unreadable: [] });
  expect(await runsOf(newest)).toEqual({ runs: ['1', '2', '3'], unreadable: [] });
  await stage.store.remove(layout.point('20261122T020000Z-0002'));
  expect(await runsOf(newest)).toEqual({ runs: ['1', '2', '3'], unreadable: ['2'] });
  await stage.store.remove(first.packs.key);
  expect(await runsOf(newest)).toEqual({ runs: ['1', '2', '3'], unreadable: ['2'] });
});
