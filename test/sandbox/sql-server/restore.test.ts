import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConnectionPool } from 'mssql';
import { createAvailabilityGroup } from '../../../sandbox/sql-server/engine/availability-group';
import type { RunningSqlServer, SqlServerOptions } from '../../../sandbox/sql-server/start-sql-server';
import { createSandbox, errorOf, type Sandbox } from './support';

const mib = 1024 * 1024;
let sandbox: Sandbox;
let source: RunningSqlServer;
let target: RunningSqlServer;
let from: ConnectionPool;
let to: ConnectionPool;
let file: string;

const hosting = {
  name: 'hosting',
  size: 2 * mib,
  contained: true,
  collation: 'Latin1_General_CI_AS',
  users: [{ name: 'web', authentication: 'DATABASE' }],
  tables: { 'dbo.Sites': 42, 'dbo.Workers': 3 },
} as const;

beforeEach(async () => {
  sandbox = createSandbox();
  file = join(sandbox.directory, 'h.bak');
  source = await sandbox.server({ name: 'SOURCE', databases: [hosting] });
  from = await sandbox.client(source);
  await startTarget();
});
afterEach(() => sandbox.end());

async function startTarget(options: Partial<SqlServerOptions> = {}): Promise<void> {
  target = await sandbox.server({ name: 'TARGET', ...options });
  to = await sandbox.client(target);
}

const backUp = (options = 'CHECKSUM', database = 'hosting') =>
  from.request().batch(`BACKUP DATABASE ${database} TO DISK = N'${file}' WITH FORMAT, ${options}`);
const moves = "MOVE N'hosting' TO N'D:\\drill.mdf', MOVE N'hosting_log' TO N'D:\\drill.ldf'";
const restore = (options = '', database = 'drill') =>
  to.request().batch(`RESTORE DATABASE [${database}] FROM DISK = N'${file}' WITH ${moves}${options}`);
const rows = async (pool: ConnectionPool, statement: string) => (await pool.request().query(statement)).recordset as unknown[];
const numbersOf = async (work: Promise<unknown>) => {
  const error = await errorOf(work);
  return [...((error['precedingErrors'] ?? []) as { number: number }[]).map(({ number }) => number), error['number']];
};

test('a restored database is there with its files, users, settings and rows', async () => {
  await backUp();
  const request = to.request();
  const messages: number[] = [];
  request.on('info', ({ number }: { number: number }) => messages.push(number));
  await request.batch(`RESTORE DATABASE drill FROM DISK = N'${file}' WITH ${moves}, CHECKSUM, RECOVERY, STATS = 50`);
  expect(messages).toEqual([3211, 3211, 4035, 4035, 3014]);
  const databases =
    "SELECT state_desc AS state, containment, collation_name AS [collation] FROM sys.databases WHERE name = N'drill'";
  expect(await rows(to, databases)).toEqual([{ state: 'ONLINE', containment: 1, collation: hosting.collation }]);
  const files = "SELECT name, physical_name AS path FROM sys.master_files WHERE database_id = DB_ID(N'drill')";
  expect(await rows(to, files)).toEqual([
    { name: 'hosting', path: 'D:\\drill.mdf' },
    { name: 'hosting_log', path: 'D:\\drill.ldf' },
  ]);
  expect(await rows(to, 'SELECT COUNT(*) AS sites FROM drill.dbo.Sites')).toEqual([{ sites: 42 }]);
  const partitions =
    'SELECT t.name AS name, p.rows AS [rows] FROM drill.sys.partitions AS p INNER JOIN drill.sys.tables AS t ON t.object_id = p.object_id WHERE p.index_id IN (0, 1) AND t.is_ms_shipped = 0';
  expect(await rows(to, partitions)).toEqual([
    { name: 'Sites', rows: '42' },
    { name: 'Workers', rows: '3' },
  ]);
  const since = "SELECT name FROM sys.databases WHERE create_date > DATEADD(minute, -1, GETDATE()) AND name = N'drill'";
  expect(await rows(to, since)).toEqual([{ name: 'drill' }]);
  expect(await rows(to, 'SELECT name FROM drill.sys.tables ORDER BY name')).toEqual([{ name: 'Sites' }, { name: 'Workers' }]);
  const users = "SELECT name FROM drill.sys.database_principals WHERE authentication_type_desc = 'DATABASE'";
  expect(await rows(to, users)).toEqual([{ name: 'web' }]);
  await to.request().batch("DBCC CHECKDB (N'drill') WITH NO_INFOMSGS, ALL_ERRORMSGS");
  await to.request().batch('DROP DATABASE drill');
  expect(await rows(to, databases)).toEqual([]);
});

test('NORECOVERY leaves the database restoring', async () => {
  await backUp();
  await restore(', NORECOVERY');
  expect(await rows(to, "SELECT state_desc AS state FROM sys.databases WHERE name = 'drill'")).toEqual([{ state: 'RESTORING' }]);
  expect(await numbersOf(to.request().batch('USE drill'))).toEqual([927]);
});

test('another database is only replaced when told to, and never while it is used', async () => {
  await startTarget({ databases: [{ name: 'drill', recoveryModel: 'FULL' }] });
  await backUp();
  expect(await numbersOf(restore())).toEqual([3154, 3013]);
  await rows(await sandbox.client(target, { database: 'drill' }), 'SELECT 1 AS here');
  expect(await numbersOf(restore(', REPLACE'))).toEqual([3101, 3013]);
});

test('the same database in the full recovery model asks for its log first', async () => {
  source.databases.add({ name: 'full', recoveryModel: 'FULL' });
  await backUp('CHECKSUM', 'full');
  const restoreFull = (options: string) => from.request().batch(`RESTORE DATABASE [full] FROM DISK = N'${file}' ${options}`);
  expect(await numbersOf(restoreFull(''))).toEqual([3159, 3013]);
  await restoreFull('WITH REPLACE');
});

test('files of another database are in the way unless they are moved', async () => {
  await backUp();
  const restoreBeside = (options = '') => from.request().batch(`RESTORE DATABASE drill FROM DISK = N'${file}' ${options}`);
  expect(await numbersOf(restoreBeside())).toEqual([1834, 3156, 1834, 3156, 3119, 3013]);
  expect(await numbersOf(restoreBeside("WITH MOVE N'nothing' TO N'D:\\x.mdf'"))).toEqual([3234, 3013]);
  await restoreBeside(`WITH ${moves}`);
});

test('a server refuses what it is too old for, what it keeps switched off and what it has no key for', async () => {
  await backUp();
  await startTarget({ version: '15.0.4430.1' });
  expect(await numbersOf(restore())).toEqual([3169, 3013]);
  await startTarget({ configurations: { 'contained database authentication': 0 } });
  expect(await numbersOf(restore())).toEqual([12824, 3013]);
  source.databases.add({ name: 'secret', encrypted: true });
  await backUp('CHECKSUM', 'secret');
  await startTarget();
  expect(await numbersOf(to.request().batch(`RESTORE DATABASE secret FROM DISK = N'${file}'`))).toEqual([33111, 3013]);
});

test('a missing stripe stops a restore before it begins', async () => {
  await from.request().batch(`BACKUP DATABASE hosting TO DISK = N'${file}', DISK = N'${file}.2' WITH FORMAT`);
  expect(await numbersOf(restore())).toEqual([3132, 3013]);
  expect(target.databases.find('drill')).toBeUndefined();
});

test('damage is found while restoring by checksums, and by CHECKDB without', async () => {
  const damage = () => {
    const bytes = readFileSync(file);
    bytes[mib] = (bytes[mib] ?? 0) ^ 1;
    writeFileSync(file, bytes);
  };
  await backUp('CHECKSUM');
  damage();
  expect(await numbersOf(restore())).toEqual([3183, 3013]);
  expect(target.databases.find('drill')?.state).toBe('RESTORING');
  await backUp('NO_CHECKSUM');
  damage();
  await restore(', REPLACE');
  expect(await numbersOf(to.request().batch('DBCC CHECKDB (drill) WITH NO_INFOMSGS'))).toEqual([8939, 8928]);
});

test('wrong content passes backup and restore, and CHECKDB finds it', async () => {
  source.databases.add({ name: 'wrong', corruption: 'logical' });
  source.databases.add({ name: 'broken', corruption: 'page' });
  expect(await numbersOf(backUp('CHECKSUM', 'broken'))).toEqual([3043, 3013]);
  await backUp('CHECKSUM', 'wrong');
  await to.request().batch(`RESTORE DATABASE wrong FROM DISK = N'${file}'`);
  expect(await numbersOf(to.request().batch('DBCC CHECKDB (wrong) WITH NO_INFOMSGS'))).toEqual([2570]);
});

test('a database of an availability group is neither restored over nor dropped', async () => {
  const group = await createAvailabilityGroup({ databases: ['hosting'] });
  sandbox.defer(() => group.close());
  await startTarget({ databases: [hosting], availabilityGroup: group });
  await backUp();
  expect(await numbersOf(restore(', REPLACE', 'hosting'))).toEqual([3104, 3013]);
  expect(await numbersOf(to.request().batch('DROP DATABASE hosting'))).toEqual([3752]);
});

test.each([
  ['DROP DATABASE nothing', [3701]],
  ['DROP DATABASE master', [3708]],
  ['DBCC CHECKDB (nothing)', [2520]],
  ["RESTORE DATABASE x FROM DISK = N'missing.bak'", [3201, 3013]],
  ["RESTORE DATABASE x FROM DISK = N'missing.bak' WITH RECOVERY, NORECOVERY", [3031]],
  ["RESTORE DATABASE x FROM DISK = N'missing.bak' WITH STANDBY = N'y'", [155]],
])('%s is answered with %j', async (statement, numbers) => {
  expect(await numbersOf(to.request().batch(statement))).toEqual(numbers);
});

test('only who may create databases restores, and only an owner checks', async () => {
  await backUp();
  target = await sandbox.server({ logins: [{ name: 'reader', password: 'x', databaseRoles: { '*': ['db_datareader'] } }] });
  const reader = await sandbox.client(target, { user: 'reader', password: 'x' });
  expect(await numbersOf(reader.request().batch(`RESTORE DATABASE x FROM DISK = N'${file}'`))).toEqual([262, 3013]);
  expect(await numbersOf(reader.request().batch('DBCC CHECKDB (model)'))).toEqual([7983]);
  await reader.request().batch('DROP DATABASE IF EXISTS nothing');
});
