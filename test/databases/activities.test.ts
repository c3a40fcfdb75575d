import { readdirSync } from 'node:fs';
import { createBackUpDatabase } from '../../src/activities/back-up-database';
import { createRemoveStaging } from '../../src/activities/remove-staging';
import { createSandbox, errorOf, type Sandbox } from '../sandbox/sql-server/support';
import { createRunServices } from '../support/run-services';
import { createBench, runId, type Bench } from './support';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox.end());

test('a backup is taken and its staging file removed, twice without harm', async () => {
  const bench = await createBench(sandbox);
  const outcome = await createBackUpDatabase({ ...bench, ...(await servicesOf(bench)) })({ ...request, server: bench.address, database: 'master' });
  if (outcome.status !== 'succeeded') throw new Error(outcome.problem.message);
  expect(outcome.backup.database).toBe('master');
  const remove = createRemoveStaging({ staging: bench.parts.staging });
  const input = { runId, server: bench.address, files: outcome.staging };
  expect(await remove(input)).toEqual({ status: 'succeeded', removed: 1 });
  expect(readdirSync(bench.staging)).toEqual([]);
  expect((await remove(input)).status).toBe('succeeded');
});

test('what cannot be helped by a new try is an outcome, the rest is thrown', async () => {
  const bench = await createBench(sandbox, {
    faults: [{ match: 'BACKUP DATABASE', errors: [{ number: 1205, text: 'Deadlock victim.' }] }],
  });
  const backUp = createBackUpDatabase({ ...bench, ...(await servicesOf(bench)) });
  const missing = await backUp({ ...request, server: bench.address, database: 'none' });
  expect(missing).toMatchObject({ status: 'failed', problem: { code: 'sql.database-missing' } });
  expect(await errorOf(backUp({ ...request, server: bench.address, database: 'master' }))).toMatchObject({
    code: 'sql.backup-failed',
    retryable: true,
  });
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

test('a cancel stops the backup on the server', async () => {
  const bench = await createBench(sandbox, { faults: [{ match: 'BACKUP DATABASE', atPercent: 40, stall: true }] });
  const services = await servicesOf(bench);
  services.progress.listen(() => void services.summaries.requestCancel(runId, new Date()));
  const outcome = await createBackUpDatabase({ ...bench, ...services })({ ...request, server: bench.address, database: 'master' });
  expect(outcome).toMatchObject({ status: 'failed', problem: { code: 'run.cancelled' } });
});

const request = { runId, round: 1 } as const;

function servicesOf({ parts }: Bench) {
  return createRunServices({ store: parts.store, clock: parts.clock, runId });
}
