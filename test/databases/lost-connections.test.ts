import { readdirSync } from 'node:fs';
import type { Fault } from '../../sandbox/sql-server/engine/faults';
import type { SqlServerOptions } from '../../sandbox/sql-server/start-sql-server';
import { createDatabaseBackups } from '../../src/databases/back-up-database';
import { createDiskRoad } from '../../src/databases/disk-road';
import type { DatabaseBackupParts } from '../../src/databases/backup-parts';
import { acquireSessionLock } from '../../src/databases/statements';
import { createSandbox, errorOf, type Sandbox } from '../sandbox/sql-server/support';
import { collect } from '../support/collect';
import { createBench, runId } from './support';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox.end());

const lost = { drop: 'abort' as const };
const history = { match: /backupset[^]+backupmediafamily/, ...lost };
const header = { match: 'RESTORE HEADERONLY', ...lost };
const verify = { match: 'RESTORE VERIFYONLY', ...lost };
const orphaned = { match: 'BACKUP DATABASE', atPercent: 40, drop: 'continue' as const };

/** Backups are counted, and a stranger tries for the lock when the finished file is read: a negative number when in vain. */
async function createWatchedBench(options: Partial<SqlServerOptions>, changes: Partial<DatabaseBackupParts> = {}) {
  const seen = { backups: 0, strangersLock: NaN };
  const bench = await createBench(sandbox, { ...options, onBackup: () => void seen.backups++ }, changes);
  const { sql, staging } = bench.parts;
  const open: typeof staging.open = async (server, name) => {
    const stranger = await sql.connect(server);
    const [row] = await stranger.query(acquireSessionLock, { resource: 'hubkeep:master', waitMs: 0 });
    seen.strangersLock = Number(row?.['result']);
    await stranger.close();
    return staging.open(server, name);
  };
  const databases = createDatabaseBackups(bench.parts, createDiskRoad({ ...bench.parts, staging: { ...staging, open } }));
  return { ...bench, seen, backUp: () => databases.backUp({ runId, server: bench.address, database: 'master' }) };
}

test.each<[string, Fault]>([
  ['the question to msdb', history],
  ['VERIFYONLY, before it starts', verify],
  ['VERIFYONLY, in its middle', { ...verify, atPercent: 40 }],
])('a connection lost during %s costs that step and not the backup', async (_, fault) => {
  const { backUp, seen, server } = await createWatchedBench({ faults: [fault] });
  const { backup } = await backUp();
  expect(backup).toMatchObject({ proof: { source: 'msdb' }, verifyOnly: { passed: true } });
  expect(server.history.list()).toHaveLength(1);
  expect(seen).toEqual({ backups: 1, strangersLock: -1 });
});

test('a connection lost during HEADERONLY costs that step and not the backup', async () => {
  const { backUp, seen, server } = await createWatchedBench({ faults: [header] });
  server.history.unwritable = true;
  expect((await backUp()).backup).toMatchObject({ proof: { source: 'header' }, verifyOnly: { passed: true } });
  expect(seen).toEqual({ backups: 1, strangersLock: -1 });
});

test('each step may lose its connection once, after the backup lost its own', async () => {
  const { backUp, seen } = await createWatchedBench({ backupMs: 200, faults: [orphaned, history, verify] });
  expect((await backUp()).backup).toMatchObject({ proof: { source: 'msdb' }, verifyOnly: { passed: true } });
  expect(seen).toEqual({ backups: 1, strangersLock: -1 });
});

test.each([history, verify])(
  'a step that loses its connection twice is given up, and a new try may help: $match',
  async (fault) => {
    const { backUp, seen, staging, parts } = await createWatchedBench({ faults: [{ ...fault, times: 2 }] });
    expect(await errorOf(backUp())).toMatchObject({ code: 'sql.connection-lost', retryable: true });
    expect(seen.backups).toBe(1);
    expect(readdirSync(staging)).toEqual([]);
    expect(await collect(parts.store.list('databases/'))).toEqual([]);
  },
);

test('a backup that runs on without us is waited for, although its session keeps the lock', async () => {
  const { backUp, seen } = await createWatchedBench({ backupMs: 1_000, faults: [orphaned] }, { lockWaitMs: 50 });
  expect((await backUp()).backup.proof.source).toBe('msdb');
  expect(seen).toEqual({ backups: 1, strangersLock: -1 });
});
