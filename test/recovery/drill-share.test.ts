import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalScratch } from '../../src/adapters/local-scratch/local-scratch';
import { createSystemClock } from '../../src/adapters/system-clock';
import type { Drill, ShareDrill } from '../../src/contracts/drill';
import type { FileShareRecord } from '../../src/contracts/recovery-point';
import type { Scratch } from '../../src/ports/scratch';
import type { FileLimits } from '../../src/recovery/drill/choose-files';
import { drillShare } from '../../src/recovery/drill/drill-share';
import { createDrills } from '../../src/recovery/drill/drills';
import { createShareStage } from '../fileshare/share-stage';
import { pointOf } from '../runs/stage';
import { spawnWriter } from '../support/writer-threads';

const directory = mkdtempSync(join(tmpdir(), 'hubkeep-drill-'));
const scratch = createLocalScratch(directory, 'boot');
const names = ['a', 'b', 'c/d', 'c/e', 'f'].map((name) => `${name}.txt`);
let stage: Awaited<ReturnType<typeof createShareStage>>;
let share: FileShareRecord;
beforeAll(async () => {
  stage = await createShareStage();
  for (const name of names) stage.write(name, name.repeat(10));
  stage.write('large.bin', 'x'.repeat(5_000));
  share = await stage.backUp();
});
afterEach(async () => {
  for (let day = 1; day < 9; day++) await stage.store.remove(`drills/2026110${day}T060000Z-7f3a.json`);
});
afterAll(() => {
  stage.dispose();
  rmSync(directory, { recursive: true });
});

interface Changes {
  readonly limits?: FileLimits;
  readonly scratch?: Scratch;
}

async function drill(day: number, { limits = { files: 100, bytes: 4_000 }, scratch: place = scratch }: Changes = {}) {
  const drills = createDrills(stage.store);
  const drillId = `2026110${day}T060000Z-7f3a`;
  const deps = { store: stage.store, clock: createSystemClock(), scratch: place, spawn: spawnWriter, threads: 1, drills, limits };
  const committed = pointOf('20261101T020000Z-7f3a', { fileshare: share });
  const point = { ...committed, formatVersion: 1 as const, sequence: 1, previous: null };
  const result = await drillShare(deps, { drillId, point, share });
  await drills.write(asDrill(drillId, result));
  return result;
}

function asDrill(id: string, result: ShareDrill): Drill {
  return {
    ...{ id, status: 'succeeded', trigger: 'cli', parts: ['share'], hubkeepVersion: '0', startedAt: '', problems: [] },
    share: result,
  };
}

test('each drill takes the files behind those of the last one, and begins anew behind the last of all', async () => {
  const taken: unknown[] = [];
  for (let day = 1; day < 6; day++) {
    const { files, tooLarge, next, wrongFiles } = await drill(day, { limits: { files: 2, bytes: 4_000 } });
    taken.push([files, next, tooLarge, wrongFiles]);
  }
  expect(taken).toEqual([
    [2, 'b.txt', 0, 0],
    [2, 'c/e.txt', 0, 0],
    [1, null, 1, 0],
    [2, 'b.txt', 0, 0],
    [2, 'c/e.txt', 0, 0],
  ]);
  expect(readdirSync(directory)).toEqual([]);
});

test('no more bytes are taken than may be, but one file', async () => {
  const { files, bytes, next } = await drill(1, { limits: { files: 100, bytes: 60 } });
  expect([files, bytes, next]).toEqual([1, 50, 'a.txt']);
});

test('what is read back and is not what was recorded is named', async () => {
  const spoiling: Scratch = {
    async open(name) {
      const place = await scratch.open(name);
      const open = (path: string) => {
        if (path === 'c/d.txt') writeFileSync(join(place.target.location, path), 'c/d.tXt'.repeat(10));
        if (path === 'f.txt') writeFileSync(join(place.target.location, path), 'cut');
        return place.source.open(path);
      };
      return { ...place, source: { ...place.source, open } };
    },
  };
  expect(await drill(1, { scratch: spoiling })).toMatchObject({ files: 5, wrongFiles: 2, wrong: ['c/d.txt', 'f.txt'] });
  expect(readdirSync(directory)).toEqual([]);
});

test('what is restored for a drill is for nobody else to see, and goes although the drill fails', async () => {
  let mode = 0;
  const failing: Scratch = {
    async open(name) {
      const place = await scratch.open(name);
      const [own = ''] = readdirSync(directory);
      mode = statSync(join(directory, own)).mode & 0o777;
      return { ...place, source: { ...place.source, open: () => Promise.reject(new Error('the disk is gone')) } };
    },
  };
  await expect(drill(1, { scratch: failing })).rejects.toThrow('the disk is gone');
  expect(mode).toBe(0o700);
  expect(readdirSync(directory)).toEqual([]);
});

test('a place that cannot be written to is told with the setting', async () => {
  const file = join(directory, 'file');
  writeFileSync(file, readFileSync(__filename));
  const refused = drill(1, { scratch: createLocalScratch(join(file, 'below'), 'boot') });
  await expect(refused).rejects.toMatchObject({
    code: 'drill.no-scratch',
    hint: expect.stringContaining('DRILL_SCRATCH_DIRECTORY'),
  });
  rmSync(file);
});
