import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSandbox, errorOf, login, type Sandbox } from './support';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox.end());

test.each([
  'DELETE FROM sys.databases',
  'SELECT 1 WHERE',
  "BACKUP LOG [x] TO DISK = N'x'",
  "RESTORE LOG [x] FROM DISK = N'x'",
  'DROP TABLE x',
  'ALTER DATABASE x SET OFFLINE',
  'CREATE DATABASE x',
  'DBCC SHRINKDATABASE (x)',
  'SHUTDOWN',
  'SELECT name FROM sys.databases OR 1=1',
  'SET NONSENSE ON',
  '%',
])('%s is answered with error 102 and nothing runs', async (statement) => {
  const pool = await sandbox.client(await sandbox.server());
  const error = await errorOf(pool.request().batch(`SELECT 1 AS one; ${statement}`));
  expect(error).toMatchObject({ number: 102, class: 15 });
});

test.each([
  ['SELECT nothing FROM sys.databases', 207],
  ['SELECT * FROM sys.databases', 102],
  ['SELECT name FROM dbo.sites', 208],
  ["SELECT NOSUCH('x')", 195],
  ['EXEC sp_who', 2812],
  ['SELECT @missing', 137],
  ['USE [no such]', 911],
  ["SELECT N'open", 105],
  ["BACKUP DATABASE [master] TO DISK = N'x' WITH NONSENSE", 155],
])('%s is answered with error %i', async (statement, number) => {
  const pool = await sandbox.client(await sandbox.server());
  expect(await errorOf(pool.request().batch(statement))).toMatchObject({ number });
});

test('server properties, catalog and joins answer as the real ones are named', async () => {
  const server = await sandbox.server({
    edition: 'Standard',
    databases: [{ name: 'a]b', recoveryModel: 'FULL', logReuseWait: 'LOG_BACKUP' }],
  });
  const pool = await sandbox.client(server);
  const facts = await pool
    .request()
    .query("SELECT SERVERPROPERTY('Edition') AS edition, CAST(SERVERPROPERTY('EngineEdition') AS int) AS engine");
  expect(facts.recordset[0]).toEqual({ edition: 'Standard Edition (64-bit)', engine: 2 });
  const databases = await pool
    .request()
    .query(
      "SELECT d.name, d.recovery_model_desc AS model FROM sys.databases AS d WHERE d.database_id > 4 AND d.log_reuse_wait_desc = N'log_backup'",
    );
  expect(databases.recordset).toEqual([{ name: 'a]b', model: 'FULL' }]);
  const sessions = await pool
    .request()
    .query('SELECT s.program_name AS program FROM sys.dm_exec_sessions AS s WHERE s.session_id = @@SPID');
  expect(sessions.recordset).toEqual([{ program: 'node-mssql' }]);
});

test('comments, brackets, quotes and nested comments are understood', async () => {
  const pool = await sandbox.client(await sandbox.server());
  const { recordset } = await pool.request().batch('/* a /* b */ c */ SELECT 1 AS [a]]b], -- tail\n N\'--x\' AS "q""uote";');
  expect(recordset[0]).toEqual({ 'a]b': 1, 'q"uote': '--x' });
});

test('an application lock excludes other sessions until its session ends', async () => {
  const server = await sandbox.server();
  const [one, other] = [await sandbox.client(server), await sandbox.client(server)];
  const take = (pool: typeof one, name = 'hubkeep:x') =>
    pool
      .request()
      .input('resource', name)
      .query(
        "DECLARE @r int; EXEC @r = sp_getapplock @Resource = @resource, @LockMode = N'Exclusive', @LockOwner = N'Session', @LockTimeout = 50; SELECT @r AS r",
      )
      .then(({ recordset }) => (recordset[0] as { r: number }).r);
  expect(await take(one)).toBe(0);
  expect(await take(other)).toBe(-1);
  expect(await take(other, 'hubkeep:y')).toBe(0);
  await one.close();
  expect(await take(other)).toBe(0);
  await other.request().query("EXEC sp_releaseapplock @Resource = N'hubkeep:x', @LockOwner = N'Session'");
  const released = other.request().query("EXEC sp_releaseapplock @Resource = N'hubkeep:x', @LockOwner = N'Session'");
  expect(await errorOf(released)).toMatchObject({ number: 1223 });
});

test('xp_delete_file removes a backup file, nothing else, and only for those who may', async () => {
  const reader = { name: 'reader', password: login.password, serverRoles: ['dbcreator'] };
  const server = await sandbox.server({ logins: [login, reader] });
  const client = await sandbox.client(server);
  const [backup, text] = [join(sandbox.directory, 'a.bak.01'), join(sandbox.directory, 'b.bak')];
  await client.request().query(`BACKUP DATABASE master TO DISK = N'${backup}' WITH INIT, FORMAT`);
  writeFileSync(text, 'no backup');
  const remove = (path: string) => `EXEC master.sys.xp_delete_file 0, N'${path}'`;
  const other = await sandbox.client(server, { user: reader.name });
  expect(await errorOf(other.request().query(remove(backup)))).toMatchObject({ number: 229 });
  for (const path of [backup, text]) await client.request().query(remove(path));
  expect([existsSync(backup), existsSync(text)]).toEqual([false, true]);
  expect(await errorOf(client.request().query(remove(backup)))).toMatchObject({ number: 22049 });
});
