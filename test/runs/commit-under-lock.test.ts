import { hash } from 'node:crypto';
import { createCommitRecoveryPoint } from '../../src/activities/commit-recovery-point';
import type { CommitRequest } from '../../src/contracts/activities';
import type { RecoveryPoint } from '../../src/contracts/recovery-point';
import type { RunRequest } from '../../src/contracts/run';
import type { Runbooks } from '../../src/recovery/runbook/runbooks';
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

function commitUnder(lock: RunLock, runbooks: Pick<Runbooks, 'stored' | 'place'> = runbooksIn()) {
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
    runbooks,
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

test('a run warns each time of a store and a vault that die with the stamp, and of neither elsewhere', async () => {
  const lock = stage.lockOf();
  const domain = 'north.contoso.example';
  const onStamp = { store: `https://b.blob.${domain}/hubkeep`, container: 'hubkeep', vault: `https://v.vault.${domain}` };
  const warnedAs = async (stampDomain: string) => {
    const run = await start(lock);
    const { previous } = (await stage.points.ground()).place;
    const place = { sequence: (previous === null ? 0 : 1) + 1, previous };
    const commit = commitUnder(lock, runbooksIn({ ...onStamp, stampDomain }));
    expect(await commit({ ...requestOf(run), place })).toMatchObject({ status: 'succeeded', outcome: 'complete' });
    await lock.release(run.runId);
    return (await stage.points.latest()).point.warnings;
  };
  expect(await warnedAs(domain)).toMatchObject([
    { code: 'does-not-survive-the-stamp', message: expect.stringContaining('The store') },
    { code: 'does-not-survive-the-stamp', message: expect.stringContaining('The vault') },
  ]);
  await stage.pass(minute);
  expect(await warnedAs('south.contoso.example')).toEqual([]);
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

describe('the runbook of a point', () => {
  test('is stored before it, and the record proves it', async () => {
    const lock = stage.lockOf();
    const run = await start(lock);
    await commitUnder(lock)(requestOf(run));
    const { runbook } = (await stage.points.latest()).point;
    expect(Object.keys(runbook ?? {})).toEqual(['md', 'html', 'json']);
    for (const { key, size, sha256 } of Object.values(runbook ?? {})) {
      const { content } = await stage.store.read(key);
      expect({ size: content.length, sha256: hash('sha256', content, 'hex') }).toEqual({ size, sha256 });
    }
    expect(await stage.keys(`recovery-points/${run.runId}/runbook`)).toHaveLength(3);
  });

  test('has the same bytes for record and blobs when a run commits twice at once, at different times and by different programs', async () => {
    const lock = stage.lockOf();
    const run = await start(lock);
    const { place } = runbooksIn();
    const other = { place, stored: (point: RecoveryPoint) => ({ md: 'other', html: 'other', json: `${point.committedAt}` }) };
    await Promise.all([commitUnder(lock)(requestOf(run)), stage.pass(1), commitUnder(lock, other)(requestOf(run))]);
    const { runbook } = (await stage.points.latest()).point;
    for (const { key, sha256 } of Object.values(runbook ?? {})) {
      expect(hash('sha256', (await stage.store.read(key)).content, 'hex')).toBe(sha256);
    }
    expect(await stage.keys(`recovery-points/${run.runId}/runbook`)).toHaveLength(3);
  });

  test('that cannot be written costs a warning and not the point', async () => {
    const lock = stage.lockOf();
    const run = await start(lock);
    const broken = {
      place: runbooksIn().place,
      stored: () => {
        throw new TypeError('nothing to write with');
      },
    };
    const committed = await commitUnder(lock, broken)(requestOf(run));
    expect(committed).toMatchObject({ status: 'succeeded', outcome: 'complete', warnings: [{ code: 'runbook.failed' }] });
    const { point } = await stage.points.latest();
    expect(point.runbook).toBeUndefined();
    expect(point.warnings).toMatchObject([{ code: 'runbook.failed', message: expect.stringContaining('nothing to write with') }]);
    expect(await stage.keys(`recovery-points/${run.runId}/runbook`)).toEqual([]);
  });
});
