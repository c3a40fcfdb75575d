import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { databaseBackupSchema } from '../../src/contracts/database-backup';
import { createMssqlServer } from '../../src/adapters/mssql/create-mssql-server';
import { acquireSessionLock } from '../../src/databases/statements';
import type { HubkeepError } from '../../src/errors/hubkeep-error';
import { createSandbox, errorOf, login, type Sandbox } from '../sandbox/sql-server/support';
import { collect } from '../support/collect';
import { createMemoryBlobStore } from '../support/memory-blob-store';
import { createBench, runId, type Bench } from './support';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox.end());

const failureOf = (work: Promise<unknown>) => errorOf(work) as unknown as Promise<HubkeepError>;
const stagedIn = (bench: Bench) => readdirSync(bench.staging);

test('a backup in the store equals the file SQL Server wrote, byte for byte, with proof', async () => {
  const bench = await createBench(sandbox, { databases: [{ name: 'appservice_hosting', size: 3 * 1024 * 1024, recoveryModel: 'FULL' }] });
  const before = Date.now();
  const percents: number[] = [];
  const request = { runId, server: bench.address, database: 'AppService_Hosting' };
  const { backup, staging } = await bench.databases.backUp(request, { onProgress: ({ percent }) => percents.push(percent) });

  expect(databaseBackupSchema.parse(backup)).toEqual(backup);
  expect(backup).toMatchObject({ database: 'appservice_hosting', recoveryModel: 'FULL', edition: 'Enterprise Edition (64-bit)', warnings: [] });
  expect(backup.proof).toMatchObject({ source: 'msdb', hasChecksums: true, isDamaged: false, isCopyOnly: true, compressed: true });
  expect(Date.parse(backup.proof.finishedAt)).toBeGreaterThan(before - 2000);
  expect(Date.parse(backup.proof.finishedAt)).toBeLessThan(Date.now() + 2000);
  expect(backup.verifyOnly.passed).toBe(true);
  expect(percents.at(-1)).toBe(100);

  expect(staging).toEqual([expect.stringMatching(/^hubkeep-20261122T020000Z-7f3a-appservice_hosting-[0-9a-f]{4}\.bak$/)]);
  const file = readFileSync(join(bench.staging, staging[0] ?? ''));
  const stored = await bench.parts.store.read(backup.files[0]?.key ?? '');
  expect(stored.content.equals(file)).toBe(true);
  expect(backup.files).toEqual([{ key: expect.stringMatching(/^databases\/20261122T020000Z-7f3a\/.*\/appservice_hosting\.bak$/), size: file.length, sha256: createHash('sha256').update(file).digest('hex') }]);
});

test('doing the same work again gives the first result without another backup', async () => {
  const bench = await createBench(sandbox);
  const request = { runId, server: bench.address, database: 'master' };
  const first = await bench.databases.backUp(request);
  expect(await bench.databases.backUp(request)).toEqual(first);
  expect(bench.server.history.list()).toHaveLength(1);
  const again = await bench.databases.backUp({ ...request, round: 2 });
  expect(again.backup.files[0]?.key).not.toBe(first.backup.files[0]?.key);
});

test('master of two servers does not collide', async () => {
  const store = createMemoryBlobStore();
  const [one, other] = [await createBench(sandbox, {}, { store }), await createBench(sandbox, {}, { store })];
  const keys = [];
  for (const bench of [one, other]) keys.push((await bench.databases.backUp({ runId, server: bench.address, database: 'master' })).backup.files[0]?.key);
  expect(new Set(keys).size).toBe(2);
});

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

test.each(['a]b', "o'brien; DROP TABLE x --", 'größe 数据 😀', 'x'.repeat(128), '[a]', '"q"', '..', 'con'])('a database named %j is backed up', async (name) => {
  const bench = await createBench(sandbox, { databases: [{ name }] });
  const { backup, staging } = await bench.databases.backUp({ runId, server: bench.address, database: name });
  expect(backup.database).toBe(name);
  expect(backup.files[0]?.key).toMatch(/^[a-zA-Z0-9./_-]+$/);
  expect(stagedIn(bench)).toEqual(staging);
});

test('Express is backed up without compression', async () => {
  const bench = await createBench(sandbox, { edition: 'Express' });
  const { backup } = await bench.databases.backUp({ runId, server: bench.address, database: 'master' });
  expect(backup.proof.compressed).toBe(false);
});

test('a full log that waits for its backup is a warning', async () => {
  const bench = await createBench(sandbox, { databases: [{ name: 'appservice_hosting', recoveryModel: 'FULL', logReuseWait: 'LOG_BACKUP' }] });
  const { backup } = await bench.databases.backUp({ runId, server: bench.address, database: 'appservice_hosting' });
  expect(backup.warnings).toEqual([expect.stringContaining('log backup')]);
});

test('without history in msdb the header of the file is the proof, and a warning says so', async () => {
  const bench = await createBench(sandbox);
  bench.server.history.unwritable = true;
  const { backup } = await bench.databases.backUp({ runId, server: bench.address, database: 'master' });
  expect(backup.proof).toMatchObject({ source: 'header', hasChecksums: true });
  expect(backup.warnings).toEqual([expect.stringContaining('msdb has no history')]);
});

test.each([
  [3201, 32, true],
  [3201, 53, true],
  [3201, 3, false],
  [3201, 5, false],
])('error %i with Windows error %i: a new try can help is %s', async (number, os, retryable) => {
  const text = `Cannot open backup device 'D:\\Backup\\x'. Operating system error ${os}(Text).`;
  const errors = [{ number, text }, { number: 3013, text: 'BACKUP DATABASE is terminating abnormally.' }];
  const bench = await createBench(sandbox, { faults: [{ match: 'BACKUP DATABASE', errors }] });
  const error = await failureOf(bench.databases.backUp({ runId, server: bench.address, database: 'master' }));
  expect(error).toMatchObject({ code: 'sql.backup-failed', retryable, details: { number } });
  expect(stagedIn(bench)).toEqual([]);
});

test('a backup that VERIFYONLY refuses is not stored', async () => {
  const errors = [{ number: 3189, text: 'Damage to the backup set was detected.' }, { number: 3013, text: 'VERIFY DATABASE is terminating abnormally.' }];
  const bench = await createBench(sandbox, { faults: [{ match: 'RESTORE VERIFYONLY', errors }] });
  const error = await failureOf(bench.databases.backUp({ runId, server: bench.address, database: 'master' }));
  expect(error).toMatchObject({ code: 'sql.verify-failed', retryable: false, details: { number: 3189, kind: 'corruption' } });
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
  const bench = await createBench(sandbox, { backupMs: 300, faults: [{ match: 'BACKUP DATABASE', atPercent: 40, drop: 'continue' }] });
  const { backup } = await bench.databases.backUp({ runId, server: bench.address, database: 'master' });
  expect(backup.proof.source).toBe('msdb');
  expect(bench.server.history.list()).toHaveLength(1);
});

test('a stalled backup is stopped and worth a new try', async () => {
  const bench = await createBench(sandbox, { faults: [{ match: 'BACKUP DATABASE', atPercent: 40, stall: true }] }, { stallMs: 300 });
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
  expect(error).toMatchObject({ code: 'sql.backup-failed', retryable: true, message: expect.stringContaining('already backing up') });
});

test('staging directories that are not the same directory are explained', async () => {
  const bench = await createBench(sandbox, { mounts: { 'D:\\Backup\\': `${sandbox.directory}/` } });
  const error = await failureOf(bench.databases.backUp({ runId, server: bench.address, database: 'master' }));
  expect(error).toMatchObject({ code: 'sql.staging-unreadable', retryable: false, hint: expect.stringContaining('SQL_BACKUP_DIRECTORY_LOCAL') });
});

test('a login that may not back up is told which role it needs', async () => {
  const logins = [{ ...login, mayBackUp: false }];
  const bench = await createBench(sandbox, { logins });
  const error = await failureOf(bench.databases.backUp({ runId, server: bench.address, database: 'master' }));
  expect(error).toMatchObject({ code: 'sql.backup-failed', retryable: false, hint: expect.stringContaining('db_backupoperator') });
});

test('files of others in the staging directory are left alone', async () => {
  const bench = await createBench(sandbox);
  const others = ['hubkeep-20261121T020000Z-0001-master-aaaa.bak', `hubkeep-${runId}-model-aaaa.bak`, 'someone.bak'];
  for (const name of others) writeFileSync(join(bench.staging, name), 'x');
  writeFileSync(join(bench.staging, `hubkeep-${runId}-master-aaaa.bak`), 'an earlier attempt');
  const { staging } = await bench.databases.backUp({ runId, server: bench.address, database: 'master' });
  expect(stagedIn(bench).sort()).toEqual([...others, ...staging].sort());
});

test('the password is in no error', async () => {
  const bench = await createBench(sandbox, {}, { sql: createMssqlServer({ user: 'sa', password: 'canary-7c1', encrypt: false, trustServerCertificate: false }) });
  const error = await failureOf(bench.databases.backUp({ runId, server: bench.address, database: 'master' }));
  expect(error.code).toBe('sql.login-failed');
  expect(JSON.stringify([error, error.message, error.hint, error.stack, String(error.cause)])).not.toContain('canary-7c1');
});
