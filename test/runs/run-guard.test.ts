import type { Clock } from '../../src/ports/clock';
import { layout } from '../../src/repository/layout';
import { createRunGuard } from '../../src/runs/run-guard';
import { createRunLock } from '../../src/runs/run-lock';
import { createRunSummaries } from '../../src/runs/run-summaries';
import { createRecordingStore } from '../support/recording-store';
import { silentLog } from '../support/silent-log';
import { codeThrownBy, createRunStage, minute, type RunStage } from './stage';

const runId = 'run-1';
const host = { name: 'host-a', pid: 100, bootId: 'boot-1', isAlive: () => true };
const nothing = async () => undefined;
const second = 1000;

let stage: RunStage;
beforeEach(() => {
  stage = createRunStage();
});

/** One process: what it keeps in mind is its own, the store and the clock are everybody's. */
function openProcess() {
  const { store, take } = createRecordingStore(stage.store);
  const summaries = createRunSummaries(store);
  const lock = createRunLock({ store, clock: stage.clock, host, dependsOnProcess: true });
  // Nothing here lasts until a guard's first look of its own.
  const clock: Clock = { ...stage.clock, sleep: () => new Promise(() => undefined) };
  return { take, lock, summaries, guard: createRunGuard({ lock, summaries, clock, log: silentLog }) };
}

const looks = [`read ${layout.runLock}`, `list ${layout.cancel(runId)}`];

test('the process that has just taken the lock need not ask whether it has it, nor whether the run is cancelled', async () => {
  const { lock, guard, take } = openProcess();
  await lock.acquire(runId);
  take();
  for (let activity = 0; activity < 3; activity++) await guard(runId, nothing);
  expect(take()).toEqual([]);
});

test('a process that takes part in a run of another asks for both', async () => {
  await openProcess().lock.acquire(runId);
  const { guard, take } = openProcess();
  await guard(runId, nothing);
  expect(take()).toEqual(looks);
});

test('activities that follow one another share a look of the last seconds', async () => {
  const { lock, guard, take } = openProcess();
  await lock.acquire(runId);
  await stage.pass(5 * second);
  take();
  for (let activity = 0; activity < 3; activity++) await guard(runId, nothing);
  expect(take()).toEqual([`list ${layout.cancel(runId)}`]);
});

test('a run that another process cancels starts no activity once the next look is due', async () => {
  const { lock, guard } = openProcess();
  await lock.acquire(runId);
  await openProcess().summaries.requestCancel(runId, stage.clock.now());
  await stage.pass(5 * second);
  expect(await codeThrownBy(guard(runId, nothing))).toBe('run.cancelled');
  expect(await codeThrownBy(guard(runId, nothing))).toBe('run.cancelled');
});

test('a run that this process cancels starts no further activity', async () => {
  const { lock, guard, summaries } = openProcess();
  await lock.acquire(runId);
  await summaries.requestCancel(runId, stage.clock.now());
  expect(await codeThrownBy(guard(runId, nothing))).toBe('run.cancelled');
});

test('a run whose lock another took starts no further activity', async () => {
  const { lock, guard } = openProcess();
  await lock.acquire(runId);
  await stage.pass(11 * minute);
  await openProcess().lock.acquire('run-2');
  expect(await codeThrownBy(guard(runId, nothing))).toBe('lock.lost');
});
