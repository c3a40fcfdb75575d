import { createSandbox, errorOf, login, type Sandbox } from './support';
import type { RunningSqlServer } from '../../../sandbox/sql-server/start-sql-server';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox.end());

const backup = "BACKUP DATABASE [master] TO DISK = N'x.bak' WITH FORMAT, STATS = 1";
const stalled = { match: 'BACKUP DATABASE', atPercent: 10, stall: true };
const orphaned = { match: 'BACKUP DATABASE', atPercent: 10, drop: 'continue' as const };
const takeLock = `DECLARE @r int; EXEC @r = sp_getapplock @Resource = N'x', @LockMode = N'Exclusive', @LockOwner = N'Session', @LockTimeout = 0;
  SELECT @r AS r`;

/** Starts a BACKUP on a connection that holds a lock; gives the number of its session and how it ends. */
async function startBackup(server: RunningSqlServer) {
  const pool = await sandbox.client(server);
  await pool.request().batch(takeLock);
  const { recordset } = await pool.request().batch<{ id: number }>('SELECT @@SPID AS id');
  const ended = errorOf(pool.request().batch(backup));
  return { sessionId: Number(recordset[0]?.id), ended };
}

async function client(server: RunningSqlServer) {
  const pool = await sandbox.client(server);
  const query = async (statement: string) => (await pool.request().batch<Record<string, unknown>>(statement)).recordset;
  return {
    query,
    running: () => query("SELECT session_id AS id FROM sys.dm_exec_requests WHERE command = N'BACKUP DATABASE'"),
    sessions: () => query('SELECT session_id AS id FROM sys.dm_exec_sessions WHERE session_id <> @@SPID'),
    lock: async () => (await query(takeLock))[0]?.['r'],
  };
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10));
}

test('a BACKUP whose client is gone keeps its session and its lock, and KILL ends all three', async () => {
  const server = await sandbox.server({ faults: [orphaned, stalled] });
  const { sessionId, ended } = await startBackup(server);
  await ended;
  const other = await client(server);
  expect(await other.running()).toEqual([{ id: sessionId }]);
  expect(await other.sessions()).toEqual([{ id: sessionId }]);
  expect(await other.lock()).toBe(-1);
  await other.query(`KILL ${sessionId}`);
  await until(async () => (await other.running()).length === 0);
  await until(async () => (await other.sessions()).length === 0);
  expect(await other.lock()).toBe(0);
  expect(server.history.list()).toEqual([]);
});

test('a BACKUP whose client is gone ends by itself otherwise, and so does its session', async () => {
  const server = await sandbox.server({ faults: [orphaned] });
  await (
    await startBackup(server)
  ).ended;
  const other = await client(server);
  await until(async () => (await other.sessions()).length === 0);
  expect(server.history.list()).toHaveLength(1);
});

test('KILL breaks the connection of a client that is there, and its BACKUP ends', async () => {
  const server = await sandbox.server({ faults: [stalled] });
  const { sessionId, ended } = await startBackup(server);
  const other = await client(server);
  await until(async () => (await other.running()).length === 1);
  await other.query(`KILL ${sessionId}`);
  expect(await ended).not.toHaveProperty('number');
  await until(async () => (await other.sessions()).length === 0);
  expect(await other.running()).toEqual([]);
  expect(server.history.list()).toEqual([]);
});

test('KILL of the own session is answered with error 6104, of one that is not there with 6106', async () => {
  const { query } = await client(await sandbox.server());
  const own = Number((await query('SELECT @@SPID AS id'))[0]?.['id']);
  expect(await errorOf(query(`KILL ${own}`))).toMatchObject({ number: 6104, class: 16 });
  expect(await errorOf(query(`KILL ${own + 1}`))).toMatchObject({ number: 6106, message: expect.stringContaining(`${own + 1}`) });
});

test.each([
  [{ serverPermissions: ['VIEW SERVER STATE'] }, 6102],
  [{ serverPermissions: ['ALTER ANY CONNECTION'] }, 6106],
  [{ serverRoles: ['processadmin'] }, 6106],
])('KILL asks for ALTER ANY CONNECTION: %j is answered with error %i', async (rights, number) => {
  const { query } = await client(await sandbox.server({ logins: [{ ...login, ...rights }] }));
  expect(await errorOf(query('KILL 999'))).toMatchObject({ number, class: number === 6102 ? 14 : 16 });
});

test.each(['KILL', 'KILL 57.5', 'KILL -57', "KILL N'57'", 'KILL @session', 'KILL 57 WITH STATUSONLY'])(
  '%s is answered with error 102',
  async (statement) => {
    const { query } = await client(await sandbox.server());
    expect(await errorOf(query(statement))).toMatchObject({ number: 102, class: 15 });
  },
);
