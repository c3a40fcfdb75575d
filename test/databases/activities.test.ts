import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createBackUpDatabase } from '../../src/activities/back-up-database';
import { createRemoveStaging } from '../../src/activities/remove-staging';
import { progressSchema, type Progress } from '../../src/contracts/run';
import { serverMark } from '../../src/databases/staging-names';
import { createProgressReporter } from '../../src/runs/progress-reporter';
import { createRunGuard } from '../../src/runs/run-guard';
import { createRunLock } from '../../src/runs/run-lock';
import { createRunSummaries } from '../../src/runs/run-summaries';
import { createSandbox, errorOf, type Sandbox } from '../sandbox/sql-server/support';
import { createBench, runId, type Bench } from './support';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox.end());

/** The services of a run that holds the lock. */
async function startRun({ parts, databases }: Bench) {
  const { store, clock, log } = parts;
  const host = { name: 'here', pid: process.pid, bootId: 'boot', isAlive: () => true };
  const lock = createRunLock({ store, clock, host, dependsOnProcess: true });
  await lock.acquire(runId);
  const summaries = createRunSummaries(store);
  const guard = createRunGuard({ lock, summaries, clock, log });
  return { databases, summaries, guard, progress: createProgressReporter({ store, clock, log }) };
}

test('a backup is taken and its staging file removed, twice without harm', async () => {
  const bench = await createBench(sandbox);
  const outcome = await createBackUpDatabase(await startRun(bench))({
    runId,
    server: bench.address,
    database: 'master',
    round: 1,
  });
  if (outcome.status !== 'succeeded') throw new Error(outcome.problem.message);
  expect(outcome.backup.database).toBe('master');
  const remove = createRemoveStaging({ staging: bench.parts.staging });
  const input = { runId, server: bench.address, files: outcome.staging };
  expect(await remove(input)).toEqual({ status: 'succeeded', removed: 1 });
  expect(readdirSync(bench.staging)).toEqual([]);
  expect((await remove(input)).status).toBe('succeeded');
});

test('progress tells the step, the percent and the time left', async () => {
  const bench = await createBench(sandbox, { backupMs: 600 });
  const services = await startRun(bench);
  const seen: Progress[] = [];
  services.progress.listen((_runId, progress) => seen.push(progress));
  await createBackUpDatabase(services)({ runId, server: bench.address, database: 'master', round: 1 });
  expect(seen.some(({ note, secondsLeft }) => note === undefined && secondsLeft !== undefined)).toBe(true);
  expect([...new Set(seen.map(({ note }) => note))]).toEqual([undefined, 'verifying', 'uploading']);
  for (const progress of seen) expect(progressSchema.parse(progress)).toEqual(progress);
});

test('what cannot be helped by a new try is an outcome, the rest is thrown', async () => {
  const bench = await createBench(sandbox, {
    faults: [{ match: 'BACKUP DATABASE', errors: [{ number: 1205, text: 'Deadlock victim.' }] }],
  });
  const backUp = createBackUpDatabase(await startRun(bench));
  const missing = await backUp({ runId, server: bench.address, database: 'none', round: 1 });
  expect(missing).toMatchObject({ status: 'failed', problem: { code: 'sql.database-missing' } });
  expect(await errorOf(backUp({ runId, server: bench.address, database: 'master', round: 1 }))).toMatchObject({
    code: 'sql.backup-failed',
    retryable: true,
  });
});

test('whatever the run left on that server goes with them, and nothing of another run or server', async () => {
  const bench = await createBench(sandbox);
  const mark = serverMark(bench.address);
  const left = [`hubkeep-${runId}-master-${mark}aaaa.bak`, `hubkeep-${runId}-hosting-${mark}bbbb.bak.01`];
  const others = [`hubkeep-${runId}-master-0000aaaa.bak`, `hubkeep-20261122T020000Z-beef-master-${mark}aaaa.bak`, 'someone.bak'];
  for (const name of [...left, ...others]) writeFileSync(join(bench.staging, name), 'x');
  const remove = createRemoveStaging({ staging: bench.parts.staging });
  expect(await remove({ runId, server: bench.address, files: [] })).toEqual({ status: 'succeeded', removed: 2 });
  expect(readdirSync(bench.staging).sort()).toEqual(others.sort());
  const nowhere = createRemoveStaging({ staging: undefined });
  expect(await nowhere({ runId, server: bench.address, files: [] })).toEqual({ status: 'succeeded', removed: 0 });
});

test('only plain file names reach the file system', async () => {
  const bench = await createBench(sandbox);
  const outcome = await createRemoveStaging({ staging: bench.parts.staging })({
    runId,
    server: bench.address,
    files: ['../x.bak'],
  });
  expect(outcome).toMatchObject({ status: 'failed', problem: { code: 'sql.staging-unreadable' } });
});

test('a cancel request stops the backup on the server', async () => {
  const bench = await createBench(sandbox, { faults: [{ match: 'BACKUP DATABASE', atPercent: 40, stall: true }] });
  const services = await startRun(bench);
  services.progress.listen(() => void services.summaries.requestCancel(runId, new Date()));
  const outcome = await createBackUpDatabase(services)({ runId, server: bench.address, database: 'master', round: 1 });
  expect(outcome).toMatchObject({ status: 'failed', problem: { code: 'run.cancelled' } });
  expect(bench.server.attentions()).toBe(1);
});
