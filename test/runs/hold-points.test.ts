import { createCommitRecoveryPoint } from '../../src/activities/commit-recovery-point';
import type { CommitRequest, DatabaseOutcome } from '../../src/contracts/activities';
import type { DatabaseBackup } from '../../src/contracts/database-backup';
import type { RunRequest } from '../../src/contracts/run';
import { createRunGuard } from '../../src/runs/run-guard';
import { silentLog } from '../support/silent-log';
import { runbooksIn } from '../support/runbooks';
import { createRunStage, minute, repositoryIdOf, type RunStage } from './stage';

let stage: RunStage;
beforeEach(() => {
  stage = createRunStage();
});

const target = { server: 'sql1', database: 'appservice_hosting' };

function taken(finishedAt: string, database = target.database): DatabaseOutcome {
  const lsn = '1000';
  const backup: DatabaseBackup = {
    ...{ server: 'sql2', database, serverVersion: '16.0', edition: 'Standard', recoveryModel: 'FULL', warnings: [] },
    files: [{ key: 'databases/x.bak', size: 1, sha256: 'a'.repeat(64) }],
    proof: {
      ...{ source: 'msdb', backupSetId: '1', hasChecksums: true, isDamaged: false, isCopyOnly: true, compressed: true },
      ...{ firstLsn: lsn, lastLsn: lsn, checkpointLsn: lsn, databaseBackupLsn: lsn, startedAt: finishedAt, finishedAt },
    },
    verifyOnly: { passed: true, at: finishedAt },
  };
  return { target: { ...target, database }, outcome: { status: 'succeeded', backup, staging: [] } };
}

const damaged: DatabaseOutcome = {
  target,
  outcome: {
    status: 'failed',
    problem: { code: 'sql.corrupt', message: 'SQL Server sql1 answered error 824: incorrect checksum' },
  },
};

/** Commits one night with these outcomes, twice, as a repeated activity does. @returns its run. */
async function night(databases: DatabaseOutcome[]): Promise<RunRequest> {
  const { store, points, clock, summaries } = stage;
  await stage.pass(24 * 60 * minute);
  const lock = stage.lockOf();
  const run = await stage.starterOf(lock)({ components: ['databases'], trigger: 'timer' }, async () => undefined);
  const guard = createRunGuard({
    lock,
    summaries,
    clock: { ...clock, sleep: () => new Promise(() => undefined) },
    log: silentLog,
  });
  const commit = createCommitRecoveryPoint({
    guard,
    lock,
    store,
    points,
    clock,
    stamp: 'stamp',
    repositoryId: () => repositoryIdOf(store),
    runbooks: runbooksIn(),
  });
  const { place } = await points.ground();
  const request: CommitRequest = { run, place, databases, share: null, secrets: null };
  await commit(request);
  await commit(request);
  await lock.release(run.runId);
  return run;
}

test('a damaged database holds the newest point that has a good backup of it, and the point of that night', async () => {
  const old = await night([taken('2026-11-20T02:00:00.000Z')]);
  const good = await night([taken('2026-11-21T02:00:00.000Z', 'AppService_Hosting')]);
  const other = await night([taken('2026-11-22T02:00:00.000Z', 'master')]);
  const bad = await night([damaged, taken('2026-11-23T02:00:00.000Z', 'master')]);
  const hold = {
    kind: 'hold',
    at: bad.startedAt,
    run: bad.runId,
    reason: expect.stringMatching(/^appservice_hosting on sql1 is damaged: .*824/),
  };
  expect(await stage.points.marks(good.runId)).toEqual([hold]);
  expect(await stage.points.marks(bad.runId)).toEqual([hold]);
  expect(await stage.points.marks(old.runId)).toEqual([]);
  expect(await stage.points.marks(other.runId)).toEqual([]);
});

test('a night without a point of its own still holds the earlier one', async () => {
  const good = await night([taken('2026-11-21T02:00:00.000Z')]);
  const bad = await night([damaged]);
  expect(await stage.points.marks(good.runId)).toMatchObject([{ kind: 'hold', run: bad.runId }]);
  expect(await stage.keys(`recovery-points/${bad.runId}/`)).toEqual([]);
});

test('a database that failed for another reason holds nothing', async () => {
  const good = await night([taken('2026-11-21T02:00:00.000Z')]);
  await night([{ target, outcome: { status: 'failed', problem: { code: 'sql.unreachable', message: 'no answer' } } }]);
  expect(await stage.points.marks(good.runId)).toEqual([]);
});
