import { layout } from '../../src/repository/layout';
import { codeThrownBy, createRunStage, hour, minute, type RunStage } from './stage';

let stage: RunStage;

beforeEach(() => {
  stage = createRunStage();
});

test('the second to ask is refused and told who holds the lock', async () => {
  await stage.lockOf({ pid: 1 }).acquire('run-1');
  const refused = stage.lockOf({ pid: 2 }).acquire('run-2');
  await expect(refused).rejects.toMatchObject({ code: 'run.busy', details: { runId: 'run-1' } });
});

test('of two that ask at the same moment one gets the lock', async () => {
  const asked = ['run-1', 'run-2', 'run-3'].map((runId, index) => stage.lockOf({ pid: index }).acquire(runId));
  const outcomes = await Promise.allSettled(asked);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
});

test('the fence grows with every holder, over releases too', async () => {
  const lock = stage.lockOf();
  const fences: number[] = [];
  for (const runId of ['run-1', 'run-2', 'run-3']) {
    fences.push((await lock.acquire(runId)).fence);
    await lock.release(runId);
  }
  expect(fences).toEqual([1, 2, 3]);
});

test('a lock that was not renewed for ten minutes is anybody’s', async () => {
  const elsewhere = stage.lockOf({ name: 'host-b', pid: 7 });
  await elsewhere.acquire('run-1');
  await stage.pass(10 * minute);
  expect(await codeThrownBy(stage.lockOf().acquire('run-2'))).toBe('run.busy');
  await stage.pass(1);
  await expect(stage.lockOf().acquire('run-2')).resolves.toEqual({ fence: 2, replaced: 'run-1' });
});

test('a renewed lock stays its holder’s however long the run takes', async () => {
  const holder = stage.lockOf({ pid: 1 });
  await holder.acquire('run-1');
  for (let renewals = 0; renewals < 20; renewals++) {
    await stage.pass(9 * minute);
    await holder.renew('run-1');
  }
  expect(await codeThrownBy(stage.lockOf({ pid: 2 }).acquire('run-2'))).toBe('run.busy');
  expect(await stage.lockOf({ pid: 2 }).holder()).toBe('run-1');
});

test('the lock of a dead process on this host is free at once', async () => {
  await stage.lockOf({ pid: 41 }).acquire('run-1');
  stage.kill(41);
  expect(await stage.lockOf({ pid: 42 }).holder()).toBeUndefined();
  await expect(stage.lockOf({ pid: 42 }).acquire('run-2')).resolves.toEqual({ fence: 2, replaced: 'run-1' });
});

test('a process of before the host’s restart is dead, even if its id is in use again', async () => {
  await stage.lockOf({ pid: 41, bootId: 'boot-1' }).acquire('run-1');
  await expect(stage.lockOf({ pid: 42, bootId: 'boot-2' }).acquire('run-2')).resolves.toMatchObject({ replaced: 'run-1' });
});

test('nothing is known of processes on another host', async () => {
  await stage.lockOf({ name: 'host-b', pid: 41 }).acquire('run-1');
  stage.kill(41);
  expect(await codeThrownBy(stage.lockOf({ name: 'host-a', pid: 42 }).acquire('run-2'))).toBe('run.busy');
});

test('a run that outlives its process keeps its lock when the process is gone', async () => {
  await stage.lockOf({ pid: 41, dependsOnProcess: false }).acquire('run-1');
  stage.kill(41);
  expect(await codeThrownBy(stage.lockOf({ pid: 42 }).acquire('run-2'))).toBe('run.busy');
});

test('a loser that comes back can neither renew nor release the winner’s lock', async () => {
  const loser = stage.lockOf({ pid: 1 });
  const { fence } = await loser.acquire('run-1');
  await stage.pass(11 * minute);
  const winner = stage.lockOf({ pid: 2 });
  await winner.acquire('run-2');

  expect(await codeThrownBy(loser.renew('run-1'))).toBe('lock.lost');
  expect(await codeThrownBy(loser.renew('run-1', fence))).toBe('lock.lost');
  await loser.release('run-1');
  expect(await winner.holder()).toBe('run-2');
});

test('the same run under an older fence has lost the lock', async () => {
  const lock = stage.lockOf();
  const { fence } = await lock.acquire('run-1');
  await lock.release('run-1');
  await lock.acquire('run-1');
  expect(await codeThrownBy(lock.renew('run-1', fence))).toBe('lock.lost');
});

test('a release frees the lock for the next run and keeps the fence', async () => {
  const lock = stage.lockOf();
  await lock.acquire('run-1');
  await lock.release('run-1');
  const { content } = await stage.store.read(layout.runLock);
  expect(JSON.parse(content.toString())).toMatchObject({ runId: null, fence: 1 });
  expect(await lock.holder()).toBeUndefined();
});

test('any number of activities of one run may renew at the same moment', async () => {
  const lock = stage.lockOf();
  await lock.acquire('run-1');
  await expect(Promise.all(Array.from({ length: 20 }, () => lock.renew('run-1')))).resolves.toHaveLength(20);
});

test('a commit finds out that the lock was taken, however lately this process renewed it', async () => {
  const loser = stage.lockOf();
  const { fence } = await loser.acquire('run-1');
  await stage.store.remove(layout.runLock);
  await stage.lockOf({ pid: 2 }).acquire('run-2');

  await expect(loser.renew('run-1')).resolves.toBeUndefined();
  expect(await codeThrownBy(loser.renew('run-1', fence))).toBe('lock.lost');
  expect(await stage.lockOf({ pid: 2 }).holder()).toBe('run-2');
});

test('when leftovers were looked for outlasts runs that do not look', async () => {
  const lock = stage.lockOf();
  await lock.acquire('run-1');
  await stage.pass(hour);
  const cleanedAt = stage.clock.now();
  await lock.release('run-1', cleanedAt);
  const elsewhere = stage.lockOf({ pid: 2 });
  await elsewhere.acquire('run-2');
  await elsewhere.renew('run-2', 2);
  await elsewhere.release('run-2');
  await lock.acquire('run-3');
  expect(await lock.cleanedAt('run-3')).toEqual(cleanedAt);
});
