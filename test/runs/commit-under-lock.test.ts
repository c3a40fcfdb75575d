import { createCommitRecoveryPoint } from '../../src/activities/commit-recovery-point';
import type { CommitRequest } from '../../src/contracts/activities';
import type { RunRequest } from '../../src/contracts/run';
import { createRunGuard } from '../../src/runs/run-guard';
import type { RunLock } from '../../src/runs/run-lock';
import { runbooksIn } from '../support/runbooks';
import { createRunStage, minute, repositoryIdOf, type RunStage } from './stage';

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};

let stage: RunStage;

beforeEach(() => {
  stage = createRunStage();
});

function commitUnder(lock: RunLock) {
  const { store, points, clock, summaries } = stage;
  // A virtual clock would let the guard look at the lock without end; nothing here lasts until its first look.
  const guard = createRunGuard({ lock, summaries, clock: { ...clock, sleep: () => new Promise(() => undefined) }, log: silent });
  return createCommitRecoveryPoint({
    guard,
    lock,
    store,
    points,
    clock,
    stamp: 'stamp',
    repositoryId: () => repositoryIdOf(store),
    runbooks: runbooksIn(),
  });
}

function requestOf(run: RunRequest): CommitRequest {
  const custody = {
    vault: 'https://vault',
    name: 'stamp-SystemSecrets',
    version: 'v1',
    size: 2,
    stored: true,
    capturedAt: run.startedAt,
  };
  const place = { sequence: 1, previous: null };
  return { run, place, databases: null, share: null, secrets: { status: 'succeeded', custody, warnings: [] } };
}

const start = (lock: RunLock) => stage.starterOf(lock)({ components: ['secrets'], trigger: 'cli' }, async () => undefined);

test('a run that holds its lock commits its point', async () => {
  const lock = stage.lockOf();
  const run = await start(lock);
  expect(await commitUnder(lock)(requestOf(run))).toMatchObject({ status: 'succeeded', outcome: 'complete', sequence: 1 });
  expect((await stage.points.latest()).point.id).toBe(run.runId);
});

test('a run that lost its lock to another commits nothing', async () => {
  const loser = stage.lockOf({ pid: 1 });
  const run = await start(loser);
  await stage.pass(11 * minute);
  await start(stage.lockOf({ pid: 2 }));

  expect(await commitUnder(loser)(requestOf(run))).toMatchObject({ status: 'failed', problem: { code: 'lock.lost' } });
  expect(await stage.keys('recovery-points/')).toEqual([]);
  expect(await stage.keys('chain/')).toEqual([]);
});

test('a run with an older fence of its own commits nothing', async () => {
  const lock = stage.lockOf();
  const run = await start(lock);
  await lock.release(run.runId);
  await lock.acquire(run.runId);
  expect(await commitUnder(lock)(requestOf(run))).toMatchObject({ status: 'failed', problem: { code: 'lock.lost' } });
  expect(await stage.keys('chain/')).toEqual([]);
});
