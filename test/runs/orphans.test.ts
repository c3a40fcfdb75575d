import { removeOrphans } from '../../src/runs/orphans';
import type { Clock } from '../../src/ports/clock';
import { createRunStage, hour, pointOf, type RunStage } from './stage';

const dead = '20260101T000000Z-dead';
const live = '20260101T000000Z-11fe';
const ours = '20260101T000000Z-0123';

let stage: RunStage;

beforeEach(() => {
  stage = createRunStage();
});

/** A clock so many hours after a blob was written. */
async function hoursAfter(key: string, hours: number): Promise<Clock> {
  const { lastModified } = await stage.store.stat(key);
  return { now: () => new Date(lastModified.getTime() + hours * hour), sleep: () => Promise.resolve() };
}

const leftovers = (runId: string) => [
  `packs/${runId}/bulk-0001.tar.zst`,
  `index/${runId}/a.ndjson.zst`,
  `content/${runId}/00.bin`,
  `recovery-points/${runId}/runbook.html`,
  `databases/${runId}/sql/x.bak`,
];

async function leave(runId: string): Promise<string> {
  for (const key of leftovers(runId)) await stage.leave(key);
  return leftovers(runId).at(-1)!;
}

test('what a dead run left is removed after 48 hours, wherever it lies', async () => {
  const last = await leave(dead);
  expect(await removeOrphans({ store: stage.store, clock: await hoursAfter(last, 49), runningId: ours })).toBe(5);
  expect(await stage.keys()).toEqual([]);
});

test('what a dead run left stays for 48 hours', async () => {
  const last = await leave(dead);
  expect(await removeOrphans({ store: stage.store, clock: await hoursAfter(last, 47), runningId: ours })).toBe(0);
  expect(await stage.keys()).toEqual(leftovers(dead).sort());
});

test('what a recovery point holds stays for ever', async () => {
  await leave(live);
  await stage.points.commit(pointOf(live));
  const last = await leave(dead);
  expect(await removeOrphans({ store: stage.store, clock: await hoursAfter(last, 24 * 365), runningId: ours })).toBe(5);
  expect(await stage.keys('packs/')).toEqual([`packs/${live}/bulk-0001.tar.zst`]);
  expect(await stage.keys('databases/')).toEqual([`databases/${live}/sql/x.bak`]);
});

test('what the running run has stored stays, however long it runs', async () => {
  const last = await leave(ours);
  expect(await removeOrphans({ store: stage.store, clock: await hoursAfter(last, 100), runningId: ours })).toBe(0);
});

test('the lock, the chain, summaries and the header are nobody’s leftovers', async () => {
  for (const key of ['hubkeep.json', 'locks/run.json', 'chain/00000001.json', `runs/${dead}/run.json`]) await stage.leave(key);
  const clock = await hoursAfter(`runs/${dead}/run.json`, 100);
  expect(await removeOrphans({ store: stage.store, clock, runningId: ours })).toBe(0);
});

test('what a run stored stays when its record is lost: later points may need it', async () => {
  const last = await leave(live);
  await stage.points.commit(pointOf(live));
  await stage.store.remove(`recovery-points/${live}/recovery-point.json`);
  expect(await removeOrphans({ store: stage.store, clock: await hoursAfter(last, 100), runningId: ours })).toBe(0);
});
