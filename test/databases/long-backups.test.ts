import { readdirSync } from 'node:fs';
import type { SqlServer } from '../../src/ports/sql-server';
import type { BackupProgress } from '../../src/databases/backup-parts';
import { createSandbox, errorOf, login, type Sandbox } from '../sandbox/sql-server/support';
import { collect } from '../support/collect';
import { createBench, runId, type Bench } from './support';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox.end());

const slow = { databases: [{ name: 'hosting', size: 2 * 1024 * 1024 }], backupMs: 600 };
const stalling = { ...slow, backupMs: 0, faults: [{ match: 'BACKUP DATABASE', atPercent: 40, stall: true }] };

async function backUp(bench: Bench) {
  const seen: BackupProgress[] = [];
  const control = { onProgress: (progress: BackupProgress) => void seen.push(progress) };
  const taken = await bench.databases.backUp({ runId, server: bench.address, database: 'hosting' }, control);
  return { ...taken, seen };
}

/** What the server still runs, as a login sees it that may. */
async function runningOn({ server }: Bench): Promise<unknown[]> {
  const pool = await sandbox.client(server);
  const answer = await pool.request().query("SELECT command FROM sys.dm_exec_requests WHERE command <> N'SELECT'");
  return answer.recordset as unknown[];
}

test('a login that may see what runs is told percent and time left, up to the end, step by step', async () => {
  const { seen } = await backUp(await createBench(sandbox, slow));
  const steps = (step: BackupProgress['step']) => seen.filter((progress) => progress.step === step);
  expect([...new Set(seen.map(({ step }) => step))]).toEqual(['backing up', 'verifying', 'uploading']);
  expect(steps('backing up').some(({ secondsLeft }) => secondsLeft !== undefined)).toBe(true);
  for (const step of ['backing up', 'verifying', 'uploading'] as const) {
    const percents = steps(step).map(({ percent }) => percent);
    expect(percents).toEqual([...percents].sort((a, b) => a - b));
    expect(steps(step).at(-1)).toMatchObject({ percent: 100 });
    expect(steps(step).at(-1)?.secondsLeft).toBeUndefined();
  }
});

test('the second connection alone would do for the percent', async () => {
  const bench = await createBench(sandbox, slow);
  const deaf: SqlServer = {
    async connect(server, options) {
      const session = await bench.parts.sql.connect(server, options);
      return { ...session, execute: (statement, { signal } = {}) => session.execute(statement, signal ? { signal } : {}) };
    },
  };
  const listener = await createBench(sandbox, slow, { sql: deaf });
  const { seen } = await backUp(listener);
  expect(seen.filter(({ step, percent }) => step === 'backing up' && percent > 0 && percent < 100).length).toBeGreaterThan(0);
});

test('a login that may not see what runs is told the percent by the messages of the statement', async () => {
  const operator = { ...login, serverPermissions: ['CREATE ANY DATABASE'], databaseRoles: { hosting: ['db_owner'] } };
  const { seen, backup } = await backUp(await createBench(sandbox, { ...slow, logins: [operator] }));
  expect(seen.filter(({ secondsLeft }) => secondsLeft !== undefined)).toEqual([]);
  expect(seen.filter(({ step }) => step === 'backing up').at(-1)?.percent).toBe(100);
  expect(backup.warnings).toEqual([]);
});

test('a backup goes on when the second connection cannot be opened', async () => {
  const bench = await createBench(sandbox, slow);
  const { sql } = bench.parts;
  const single: SqlServer = {
    connect: async (server, options) => {
      if (options?.applicationName?.endsWith('progress') === true) throw new Error('There is no room for it');
      return sql.connect(server, options);
    },
  };
  const { seen } = await backUp(await createBench(sandbox, slow, { sql: single }));
  expect(seen.filter(({ step }) => step === 'backing up').at(-1)?.percent).toBe(100);
});

test('a backup that does not move is stopped on the server, and a new try may help', async () => {
  const bench = await createBench(sandbox, stalling, { stallMs: 300 });
  expect(await errorOf(backUp(bench))).toMatchObject({
    code: 'sql.stalled',
    retryable: true,
    hint: expect.stringContaining('SQL_BACKUP_STALL_MINUTES'),
  });
  expect(bench.server.attentions()).toBe(1);
  expect(await runningOn(bench)).toEqual([]);
  expect(readdirSync(bench.staging)).toEqual([]);
});

test('a slow backup that moves is not taken for a stalled one', async () => {
  const databases = [{ name: 'hosting', size: 4 * 1024 * 1024 }];
  const bench = await createBench(sandbox, { databases, backupMs: 2500 }, { stallMs: 1200 });
  expect((await backUp(bench)).backup.database).toBe('hosting');
});

test('a backup that takes too long in all is stopped on the server, and is not tried again', async () => {
  const bench = await createBench(sandbox, { ...slow, backupMs: 60_000 }, { timeoutMs: 500 });
  expect(await errorOf(backUp(bench))).toMatchObject({
    code: 'sql.timed-out',
    retryable: false,
    hint: expect.stringContaining('SQL_BACKUP_TIMEOUT_HOURS'),
  });
  expect(bench.server.attentions()).toBe(1);
  expect(await runningOn(bench)).toEqual([]);
  expect(readdirSync(bench.staging)).toEqual([]);
});

test('a verification that does not move is stopped on the server, and nothing of it is stored', async () => {
  const bench = await createBench(
    sandbox,
    { databases: slow.databases, faults: [{ match: 'RESTORE VERIFYONLY', stall: true }] },
    { stallMs: 300 },
  );
  expect(await errorOf(backUp(bench))).toMatchObject({ code: 'sql.stalled', retryable: true });
  expect(bench.server.attentions()).toBe(1);
  expect(await collect(bench.parts.store.list('databases/'))).toEqual([]);
});

test('cancel stops a verification on the server', async () => {
  const bench = await createBench(sandbox, { databases: slow.databases, faults: [{ match: 'RESTORE VERIFYONLY', stall: true }] });
  const abort = new AbortController();
  const cancelled = errorOf(
    bench.databases.backUp({ runId, server: bench.address, database: 'hosting' }, { signal: abort.signal }),
  );
  while (bench.server.history.list().length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  abort.abort();
  expect(await cancelled).toMatchObject({ code: 'run.cancelled', retryable: false });
  expect(await runningOn(bench)).toEqual([]);
  expect(readdirSync(bench.staging)).toEqual([]);
});
