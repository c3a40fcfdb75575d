import type { ConnectionPool } from 'mssql';
import type { RunningSqlServer, SqlServerOptions } from '../../../sandbox/sql-server/start-sql-server';
import { createSandbox, errorOf, login, type Sandbox } from './support';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox.end());

async function start(options: Partial<SqlServerOptions> = {}): Promise<{ server: RunningSqlServer; pool: ConnectionPool }> {
  const server = await sandbox.server(options);
  return { server, pool: await sandbox.client(server) };
}

const rows = async (pool: ConnectionPool, statement: string) => (await pool.request().query(statement)).recordset as unknown[];

const oddName = "a.b]'c d";

test('a server says what it is', async () => {
  const { pool } = await start({ name: 'BOX\\ONE', version: '15.0.4430.1', productUpdateLevel: 'CU32', edition: 'Web' });
  const [facts] = await rows(
    pool,
    `SELECT SERVERPROPERTY('MachineName') AS machine, SERVERPROPERTY('InstanceName') AS instance,
      CAST(SERVERPROPERTY('ProductMajorVersion') AS int) AS major, SERVERPROPERTY('ProductUpdateLevel') AS updates,
      CAST(SERVERPROPERTY('EngineEdition') AS int) AS engine, CAST(SERVERPROPERTY('IsHadrEnabled') AS int) AS hadr,
      SERVERPROPERTY('Collation') AS [collation], SERVERPROPERTY('NoSuchThing') AS nothing`,
  );
  expect(facts).toEqual({
    machine: 'BOX',
    instance: 'ONE',
    major: 15,
    updates: 'CU32',
    engine: 2,
    hadr: 0,
    collation: 'SQL_Latin1_General_CP1_CI_AS',
    nothing: null,
  });
});

test('settings can be read and change while the server runs', async () => {
  const { server, pool } = await start({ configurations: { 'backup compression default': 1 } });
  const read = () =>
    rows(
      pool,
      "SELECT CAST(value_in_use AS int) AS value FROM sys.configurations WHERE name IN (N'contained database authentication', N'backup compression default') ORDER BY name",
    );
  expect(await read()).toEqual([{ value: 1 }, { value: 1 }]);
  server.configure('contained database authentication', 0);
  expect(await read()).toEqual([{ value: 1 }, { value: 0 }]);
});

test('databases show their containment, encryption, collation, level and where they come from', async () => {
  const { pool } = await start({
    version: '15.0.4430.1',
    databases: [
      { name: 'hosting', contained: true, encrypted: true, collation: 'Latin1_General_CI_AS', compatibilityLevel: 130 },
      { name: 'snap', snapshotOf: 'hosting', readOnly: true, userAccess: 'RESTRICTED_USER' },
    ],
  });
  const found = await rows(
    pool,
    `SELECT name, containment, is_encrypted, collation_name, compatibility_level AS level, DB_NAME(source_database_id) AS source,
      user_access_desc AS access, replica_id FROM sys.databases WHERE database_id > 4 ORDER BY name`,
  );
  expect(found).toMatchObject([
    { name: 'hosting', containment: 1, is_encrypted: true, collation_name: 'Latin1_General_CI_AS', level: 130, source: null },
    {
      name: 'snap',
      containment: 0,
      is_encrypted: false,
      level: 150,
      source: 'hosting',
      access: 'RESTRICTED_USER',
      replica_id: null,
    },
  ]);
  const keys = await rows(pool, 'SELECT DB_NAME(database_id) AS name, encryption_state FROM sys.dm_database_encryption_keys');
  expect(keys).toEqual([
    { name: 'tempdb', encryption_state: 3 },
    { name: 'hosting', encryption_state: 3 },
  ]);
});

test('the size of a database is the sum of its files, in pages', async () => {
  const { pool } = await start({
    databases: [
      { name: 'one', size: 3 * 65536 },
      {
        name: 'two',
        files: [
          { name: 'two', type: 'ROWS', physicalName: 'D:\\two.mdf', size: 1024 * 1024 },
          { name: 'more', type: 'ROWS', physicalName: 'E:\\more.ndf', size: 2 * 1024 * 1024 },
          { name: 'two_log', type: 'LOG', physicalName: 'L:\\two.ldf', size: 512 * 1024 },
        ],
      },
    ],
  });
  const sizes = await rows(
    pool,
    `SELECT d.name, SUM(CAST(f.size AS bigint)) * 8192 AS bytes, COUNT(*) AS files, MAX(f.physical_name) AS last
      FROM sys.master_files AS f JOIN sys.databases AS d ON d.database_id = f.database_id
      WHERE f.type_desc = N'ROWS' AND d.name IN (N'one', N'two') GROUP BY d.name ORDER BY bytes DESC`,
  );
  expect(sizes).toEqual([
    { name: 'two', bytes: '3145728', files: 2, last: 'E:\\more.ndf' },
    { name: 'one', bytes: '196608', files: 1, last: 'C:\\Data\\one.mdf' },
  ]);
  const tooMuch = errorOf(rows(pool, 'SELECT SUM(size * 2000000) AS bytes FROM sys.master_files'));
  expect(await tooMuch).toMatchObject({ number: 8115 });
});

test('users are read from any database by name, however it is written', async () => {
  const { pool } = await start({
    databases: [
      { name: oddName, users: [{ name: 'web', authentication: 'DATABASE' }] },
      { name: 'off', state: 'OFFLINE' },
    ],
  });
  const users = await rows(
    pool,
    "SELECT name, authentication_type_desc AS how FROM [a.b]]'c d].sys.database_principals WHERE type IN ('S', 'U') AND principal_id > 4",
  );
  expect(users).toEqual([{ name: 'web', how: 'DATABASE' }]);
  expect(await errorOf(rows(pool, 'SELECT name FROM off.sys.database_principals'))).toMatchObject({ number: 942 });
  expect(await errorOf(rows(pool, 'SELECT name FROM nowhere.sys.database_principals'))).toMatchObject({ number: 208 });
});

test('log backups stand in the history, and the last of each database can be found', async () => {
  const { server, pool } = await start({ databases: [{ name: 'hosting', recoveryModel: 'FULL' }, { name: 'metering' }] });
  server.backUpLog('hosting', new Date('2026-01-01T01:00:00Z'));
  server.backUpLog('hosting', new Date('2026-01-02T01:00:00Z'));
  const last = await rows(
    pool,
    `SELECT d.name, MAX(b.backup_finish_date) AS finished FROM sys.databases AS d
      LEFT JOIN msdb.dbo.backupset AS b ON b.database_name = d.name AND b.type = 'L'
      WHERE d.database_id > 4 GROUP BY d.name ORDER BY d.name`,
  );
  expect(last).toEqual([
    { name: 'hosting', finished: new Date('2026-01-02T01:00:00Z') },
    { name: 'metering', finished: null },
  ]);
  const age = 'SELECT DATEDIFF(HOUR, MIN(b.backup_finish_date), MAX(b.backup_finish_date)) AS hours FROM msdb.dbo.backupset AS b';
  expect(await rows(pool, age)).toEqual([{ hours: 24 }]);
});

test('a login with few rights is told which ones it has', async () => {
  const operator = {
    name: 'operator',
    password: 'x',
    serverPermissions: ['CREATE ANY DATABASE'],
    databaseRoles: { hosting: ['db_backupoperator'] },
  };
  const server = await sandbox.server({ logins: [login, operator], databases: [{ name: 'hosting' }, { name: 'other' }] });
  const ask = `SELECT HAS_PERMS_BY_NAME(N'hosting', N'DATABASE', N'BACKUP DATABASE') AS own, HAS_PERMS_BY_NAME(N'[other]', 'DATABASE', 'BACKUP DATABASE') AS other,
    HAS_PERMS_BY_NAME(NULL, NULL, 'CREATE ANY DATABASE') AS creates, HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW SERVER STATE') AS views,
    HAS_PERMS_BY_NAME(NULL, NULL, 'NO SUCH') AS wrong, HAS_DBACCESS(N'other') AS enters, HAS_DBACCESS(N'none') AS missing,
    IS_SRVROLEMEMBER('sysadmin') AS admin, IS_MEMBER('db_owner') AS owner, SUSER_SNAME() AS who`;
  const pool = await sandbox.client(server, { user: 'operator', password: 'x' });
  expect(await rows(pool, ask)).toEqual([
    { own: 1, other: 0, creates: 1, views: 0, wrong: null, enters: 0, missing: null, admin: 0, owner: 0, who: 'operator' },
  ]);
  expect(await errorOf(pool.request().batch('USE other'))).toMatchObject({ number: 916 });
  expect(await errorOf(rows(pool, 'SELECT encryption_state FROM sys.dm_database_encryption_keys'))).toMatchObject({
    number: 300,
  });
  const admin = await sandbox.client(server);
  expect(await rows(admin, ask)).toMatchObject([{ own: 1, other: 1, creates: 1, views: 1, enters: 1, admin: 1, owner: 1 }]);
  const permissions =
    "SELECT COUNT(*) AS n FROM sys.fn_my_permissions(NULL, N'SERVER') WHERE permission_name = N'VIEW SERVER STATE'";
  expect(await rows(pool, permissions)).toEqual([{ n: 0 }]);
  expect(await rows(admin, permissions)).toEqual([{ n: 1 }]);
});

test('a running backup shows how far it is, and which program runs it', async () => {
  const { server, pool } = await start({ databases: [{ name: 'hosting' }] });
  const other = await sandbox.client(server, { options: { appName: 'watcher' } });
  server.faults.add({ match: 'BACKUP DATABASE', atPercent: 50, stall: true });
  const backup = pool.request();
  const stalled = new Promise<void>((resolve) => backup.on('info', () => resolve()));
  const ended = errorOf(backup.batch("BACKUP DATABASE hosting TO DISK = N'r.bak' WITH FORMAT, STATS = 50"));
  await stalled;
  const running = await rows(
    other,
    `SELECT s.program_name AS program, r.percent_complete AS done, r.total_elapsed_time AS elapsed, r.estimated_completion_time AS ahead,
      DB_NAME(r.database_id) AS name FROM sys.dm_exec_requests AS r JOIN sys.dm_exec_sessions AS s ON s.session_id = r.session_id
      WHERE r.command = N'BACKUP DATABASE'`,
  );
  expect(running).toEqual([
    { program: 'node-mssql', done: 50, elapsed: expect.any(Number), ahead: expect.stringMatching(/^\d+$/), name: 'hosting' },
  ]);
  backup.cancel();
  await ended;
});

test.each([
  ["SELECT 1 AS x WHERE (1 = 2 OR NOT (2 = 3)) AND 'abc' LIKE 'a%' AND 5 BETWEEN 1 AND 5", 1],
  ['SELECT 1 AS x WHERE NULL = NULL OR NOT (NULL = 1)', 0],
  ["SELECT DISTINCT CASE WHEN database_id > 0 THEN 'y' ELSE 'n' END AS x FROM sys.databases", 1],
  ['SELECT state_desc FROM sys.databases GROUP BY state_desc HAVING COUNT(*) > 3', 1],
  ["SELECT d.name FROM sys.databases AS d WHERE d.name NOT IN (N'MASTER', N'model') AND d.name NOT LIKE N'%db'", 0],
])('%s gives %i rows', async (statement, count) => {
  const { pool } = await start();
  expect(await rows(pool, statement)).toHaveLength(count);
});

test.each([
  ['SELECT name, COUNT(*) FROM sys.databases', 8120],
  ['SELECT name FROM sys.databases WHERE COUNT(*) > 1', 147],
  ['SELECT name FROM sys.databases AS a JOIN sys.databases AS b ON a.name = b.name', 209],
  ['SELECT 1 / 0', 8134],
  ["SELECT CAST(N'x' AS int)", 245],
  ['SELECT (1 = 1)', 102],
  ['SELECT dbo.nothing(1)', 4121],
])('%s is answered with error %i', async (statement, number) => {
  const { pool } = await start();
  expect(await errorOf(rows(pool, statement))).toMatchObject({ number });
});
