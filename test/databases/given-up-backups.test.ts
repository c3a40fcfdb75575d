import { readdirSync } from 'node:fs';
import type { BackupControl, DatabaseBackupParts } from '../../src/databases/backup-parts';
import type { SqlServer } from '../../src/ports/sql-server';
import { createSandbox, errorOf, login, type Sandbox } from '../sandbox/sql-server/support';
import { createRecordingLog } from '../support/recording-log';
import { createBench, runId, type Bench } from './support';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox.end());

const ours = { match: 'COPY_ONLY', atPercent: 10 };
/** The server goes on without us, and does not get far. */
const orphaned = {
  databases: [{ name: 'hosting', size: 2 * 1024 * 1024 }],
  faults: [
    { ...ours, drop: 'continue' as const },
    { ...ours, stall: true },
  ],
};

const backUp = (bench: Bench, control: BackupControl = {}) =>
  bench.databases.backUp({ runId, server: bench.address, database: 'hosting' }, control);

/** The sessions that run BACKUP, as a login sees them that may. */
async function runningOn({ server }: Bench): Promise<unknown[]> {
  const pool = await sandbox.client(server, { user: 'observer' });
  const answer = await pool
    .request()
    .query(
      "SELECT s.program_name AS program FROM sys.dm_exec_requests AS r INNER JOIN sys.dm_exec_sessions AS s ON s.session_id = r.session_id WHERE r.command LIKE N'BACKUP%'",
    );
  return answer.recordset as unknown[];
}

async function benchOf(changes: Partial<DatabaseBackupParts>, rights: object = {}): Promise<Bench> {
  const logins = [
    { ...login, ...rights },
    { ...login, name: 'observer' },
  ];
  return createBench(sandbox, { ...orphaned, logins }, changes);
}

async function expectNothingLeft(bench: Bench): Promise<void> {
  expect(await runningOn(bench)).toEqual([]);
  expect(bench.server.history.list()).toEqual([]);
  expect(readdirSync(bench.staging)).toEqual([]);
}

test.each([
  [{ timeoutMs: 300 }, { code: 'sql.timed-out', retryable: false }],
  [{ stallMs: 300 }, { code: 'sql.stalled', retryable: true }],
])('a backup that runs on without us and ends never is stopped on the server: %j', async (limits, expected) => {
  const { log, entries } = createRecordingLog();
  const bench = await benchOf({ ...limits, log });
  expect(await errorOf(backUp(bench))).toMatchObject(expected);
  await expectNothingLeft(bench);
  expect(entries.at(-1)).toMatchObject({ level: 'info', event: 'databases.backup-stopped', database: 'hosting' });
});

test('a backup that runs on without us is stopped on the server when the run is cancelled before it is found again', async () => {
  const abort = new AbortController();
  const { log } = createRecordingLog(({ event }) => {
    if (event === 'databases.connection-lost') abort.abort();
  });
  const bench = await benchOf({ log });
  expect(await errorOf(backUp(bench, { signal: abort.signal }))).toMatchObject({ code: 'run.cancelled' });
  await expectNothingLeft(bench);
});

test('a backup that runs on without us is stopped on the server when the run is cancelled while it is waited for', async () => {
  const abort = new AbortController();
  const { log, entries } = createRecordingLog();
  const onProgress = () => {
    if (entries.some(({ event }) => event === 'databases.connection-lost')) abort.abort();
  };
  const bench = await benchOf({ log });
  expect(await errorOf(backUp(bench, { signal: abort.signal, onProgress }))).toMatchObject({ code: 'run.cancelled' });
  await expectNothingLeft(bench);
});

test('a backup that the server does not stop when asked to is killed', async () => {
  const abort = new AbortController();
  const { log, entries } = createRecordingLog();
  const { parts } = await benchOf({});
  const deaf: SqlServer = {
    async connect(server, options) {
      const session = await parts.sql.connect(server, options);
      return {
        ...session,
        execute(statement, { signal } = {}) {
          const running = session.execute(statement);
          running.catch(() => undefined);
          const stopped = Promise.withResolvers<never>();
          signal?.addEventListener('abort', () => stopped.reject(signal.reason as Error));
          return Promise.race([running, stopped.promise]);
        },
      };
    },
  };
  const bench = await createBench(sandbox, { ...orphaned, faults: [{ ...ours, stall: true }] }, { sql: deaf, stallMs: 300, log });
  expect(await errorOf(backUp(bench, { signal: abort.signal }))).toMatchObject({ code: 'sql.stalled' });
  expect(bench.server.attentions()).toBe(0);
  expect(entries.at(-1)).toMatchObject({ event: 'databases.backup-stopped' });
});

test.each([
  ['Nightly job', 'hosting'],
  ['Hubkeep 20261121T020000Z-0000', 'hosting'],
  [`Hubkeep ${runId}`, 'master'],
])('what %s backs up is left alone: %s', async (appName, database) => {
  const faults = [
    { match: 'other.bak', atPercent: 10, stall: true },
    { match: 'COPY_ONLY', stall: true },
  ];
  const bench = await createBench(
    sandbox,
    { ...orphaned, logins: [login, { ...login, name: 'observer' }], faults },
    { stallMs: 300 },
  );
  const pool = await sandbox.client(bench.server, { options: { appName } });
  sandbox.defer(() => bench.server.close());
  pool
    .request()
    .batch(`BACKUP DATABASE [${database}] TO DISK = N'other.bak' WITH FORMAT`)
    .catch(() => undefined);
  while ((await runningOn(bench)).length === 0);
  expect(await errorOf(backUp(bench))).toMatchObject({ code: 'sql.stalled' });
  expect(await runningOn(bench)).toEqual([{ program: appName }]);
});

test('a login that may not stop it leaves it running: the reason stays, and the log has a warning', async () => {
  const { log, entries } = createRecordingLog();
  const rights = { serverPermissions: ['CREATE ANY DATABASE', 'VIEW SERVER STATE'], databaseRoles: { hosting: ['db_owner'] } };
  const bench = await benchOf({ timeoutMs: 300, log }, rights);
  expect(await errorOf(backUp(bench))).toMatchObject({ code: 'sql.timed-out' });
  expect(await runningOn(bench)).toHaveLength(1);
  const warning = { level: 'warn', event: 'databases.not-stopped', code: 'sql.statement-failed', number: 6102 };
  expect(entries).toContainEqual({ ...warning, server: bench.address, database: 'hosting' });
});

test('one that ended in the meantime changes nothing about the reason', async () => {
  const { log, entries } = createRecordingLog();
  const bench = await benchOf({ timeoutMs: 300, log });
  bench.server.faults.add({ match: 'KILL', errors: [{ number: 6106, text: 'Process ID 57 is not an active process ID.' }] });
  expect(await errorOf(backUp(bench))).toMatchObject({ code: 'sql.timed-out' });
  expect(entries).toContainEqual(expect.objectContaining({ event: 'databases.not-stopped', number: 6106 }));
});
