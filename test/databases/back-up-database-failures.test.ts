import { readdirSync } from 'node:fs';
import { createMssqlServer } from '../../src/adapters/mssql/create-mssql-server';
import { acquireSessionLock } from '../../src/databases/statements';
import type { HubkeepError } from '../../src/errors/hubkeep-error';
import { createSandbox, errorOf, login, type Sandbox } from '../sandbox/sql-server/support';
import { collect } from '../support/collect';
import { createBench, runId, type Bench } from './support';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox.end());

const failureOf = (work: Promise<unknown>) => errorOf(work) as unknown as Promise<HubkeepError>;
const stagedIn = (bench: Bench) => readdirSync(bench.staging);

test('a missing database fails, naming the setting', async () => {
  const bench = await createBench(sandbox);
  const error = await failureOf(bench.databases.backUp({ runId, server: bench.address, database: 'appservice_hosting' }));
  expect(error).toMatchObject({ code: 'sql.database-missing', retryable: false, hint: expect.stringContaining('SQL_DATABASES') });
});

test('a database that is not online fails with its state, it is not skipped', async () => {
  const bench = await createBench(sandbox, { databases: [{ name: 'appservice_hosting', state: 'SUSPECT' }] });
  const error = await failureOf(bench.databases.backUp({ runId, server: bench.address, database: 'appservice_hosting' }));
  expect(error).toMatchObject({ code: 'sql.backup-failed', retryable: false, details: { state: 'SUSPECT' } });
});

test.each([
  [3201, 32, true],
  [3201, 53, true],
  [3201, 3, false],
  [3201, 5, false],
])('error %i with Windows error %i: a new try can help is %s', async (number, os, retryable) => {
  const text = `Cannot open backup device 'D:\\Backup\\x'. Operating system error ${os}(Text).`;
  const errors = [
    { number, text },
    { number: 3013, text: 'BACKUP DATABASE is terminating abnormally.' },
  ];
  const bench = await createBench(sandbox, { faults: [{ match: 'BACKUP DATABASE', errors }] });
  const error = await failureOf(bench.databases.backUp({ runId, server: bench.address, database: 'master' }));
  expect(error).toMatchObject({ code: 'sql.backup-failed', retryable, details: { number } });
  expect(stagedIn(bench)).toEqual([]);
});

test('a backup that VERIFYONLY refuses is not stored', async () => {
  const errors = [
    { number: 3189, text: 'Damage to the backup set was detected.' },
    { number: 3013, text: 'VERIFY DATABASE is terminating abnormally.' },
  ];
  const bench = await createBench(sandbox, { faults: [{ match: 'RESTORE VERIFYONLY', errors }] });
  const error = await failureOf(bench.databases.backUp({ runId, server: bench.address, database: 'master' }));
  expect(error).toMatchObject({ code: 'sql.corrupt', retryable: false, details: { number: 3189, kind: 'corruption' } });
  expect(await collect(bench.parts.store.list('databases/'))).toEqual([]);
});

test('a dropped connection fails retryably when the server stopped the backup, and its file is gone after the next try', async () => {
  const bench = await createBench(sandbox, { faults: [{ match: 'BACKUP DATABASE', atPercent: 40, drop: 'abort' }] });
  const request = { runId, server: bench.address, database: 'master' };
  expect(await failureOf(bench.databases.backUp(request))).toMatchObject({ code: 'sql.connection-lost', retryable: true });
  const { staging } = await bench.databases.backUp(request);
  expect(stagedIn(bench)).toEqual(staging);
});

test('a backup that the server finished after the connection dropped is found and used', async () => {
  const bench = await createBench(sandbox, {
    backupMs: 300,
    faults: [{ match: 'BACKUP DATABASE', atPercent: 40, drop: 'continue' }],
  });
  const { backup } = await bench.databases.backUp({ runId, server: bench.address, database: 'master' });
  expect(backup.proof.source).toBe('msdb');
  expect(bench.server.history.list()).toHaveLength(1);
});

test('a stalled backup is stopped and worth a new try', async () => {
  const bench = await createBench(
    sandbox,
    { faults: [{ match: 'BACKUP DATABASE', atPercent: 40, stall: true }] },
    { stallMs: 300 },
  );
  const error = await failureOf(bench.databases.backUp({ runId, server: bench.address, database: 'master' }));
  expect(error).toMatchObject({ code: 'sql.stalled', retryable: true });
  expect(bench.server.attentions()).toBe(1);
});

test('cancel stops the backup on the server and removes its file', async () => {
  const bench = await createBench(sandbox, { faults: [{ match: 'BACKUP DATABASE', atPercent: 40, stall: true }] });
  const abort = new AbortController();
  const control = { signal: abort.signal, onProgress: () => abort.abort() };
  const error = await failureOf(bench.databases.backUp({ runId, server: bench.address, database: 'master' }, control));
  expect(error).toMatchObject({ code: 'run.cancelled', retryable: false });
  expect(bench.server.attentions()).toBe(1);
  expect(stagedIn(bench)).toEqual([]);
});

test('one database is not backed up twice at the same time', async () => {
  const bench = await createBench(sandbox, {}, { lockWaitMs: 50 });
  const session = await bench.parts.sql.connect(bench.address);
  sandbox.defer(() => session.close());
  await session.query(acquireSessionLock, { resource: 'hubkeep:master', waitMs: 0 });
  const error = await failureOf(bench.databases.backUp({ runId, server: bench.address, database: 'MASTER' }));
  expect(error).toMatchObject({
    code: 'sql.backup-failed',
    retryable: true,
    message: expect.stringContaining('already backing up'),
  });
});

test('staging directories that are not the same directory are explained', async () => {
  const bench = await createBench(sandbox, { mounts: { 'D:\\Backup\\': `${sandbox.directory}/` } });
  const error = await failureOf(bench.databases.backUp({ runId, server: bench.address, database: 'master' }));
  expect(error).toMatchObject({
    code: 'sql.staging-unreadable',
    retryable: false,
    hint: expect.stringContaining('SQL_BACKUP_DIRECTORY_LOCAL'),
  });
});

test('a login that may not back up is told which role it needs', async () => {
  const logins = [{ ...login, mayBackUp: false }];
  const bench = await createBench(sandbox, { logins });
  const error = await failureOf(bench.databases.backUp({ runId, server: bench.address, database: 'master' }));
  expect(error).toMatchObject({
    code: 'sql.backup-failed',
    retryable: false,
    hint: expect.stringContaining('db_backupoperator'),
  });
});

test('the password is in no error', async () => {
  const bench = await createBench(
    sandbox,
    {},
    { sql: createMssqlServer({ user: 'sa', password: 'canary-7c1', encrypt: false, trustServerCertificate: false }) },
  );
  const error = await failureOf(bench.databases.backUp({ runId, server: bench.address, database: 'master' }));
  expect(error.code).toBe('sql.login-failed');
  expect(JSON.stringify([error, error.message, error.hint, error.stack, String(error.cause)])).not.toContain('canary-7c1');
});
