import { join } from 'node:path';
import type { ConnectionPool } from 'mssql';
import {
  createAvailabilityGroup,
  type AvailabilityGroup,
  type AvailabilityGroupOptions,
  type ReplicaOptions,
} from '../../../sandbox/sql-server/engine/availability-group';
import type { RunningSqlServer, SqlServerOptions } from '../../../sandbox/sql-server/start-sql-server';
import { createSandbox, errorOf, type Sandbox } from './support';

const mib = 1024 * 1024;
let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox.end());

interface Pair {
  readonly group: AvailabilityGroup;
  readonly one: RunningSqlServer;
  readonly two: RunningSqlServer;
}

async function startPair(
  options: Partial<AvailabilityGroupOptions> = {},
  replicas: readonly [ReplicaOptions, ReplicaOptions] = [{}, {}],
  servers: Partial<SqlServerOptions> = {},
): Promise<Pair> {
  const group = await createAvailabilityGroup({ databases: ['Hosting'], ...options });
  sandbox.defer(() => group.close());
  const start = (name: string, replica: ReplicaOptions) =>
    sandbox.server({
      name,
      replica,
      availabilityGroup: group,
      databases: name === 'SQL1' ? [{ name: 'Hosting', size: 2 * mib }, { name: 'local' }] : [],
      ...servers,
    });
  return { group, one: await start('SQL1', replicas[0]), two: await start('SQL2', replicas[1]) };
}

const rows = async (pool: ConnectionPool, statement: string) => (await pool.request().query(statement)).recordset as unknown[];
const backUp = (pool: ConnectionPool, options: string) =>
  pool.request().batch(`BACKUP DATABASE Hosting TO DISK = N'${join(sandbox.directory, 'h.bak')}' WITH FORMAT, ${options}`);
const isPreferred = async (server: RunningSqlServer, name = 'Hosting') => {
  const pool = await sandbox.client(server);
  const found = await rows(pool, `SELECT CAST(sys.fn_hadr_backup_is_preferred_replica(N'${name}') AS int) AS yes`);
  await pool.close();
  return (found[0] as { yes: number }).yes === 1;
};

test('the primary knows every replica, a secondary only its own state', async () => {
  const { one, two, group } = await startPair({ name: 'alwayson-ag', preference: 'secondary_only' }, [
    { backupPriority: 30 },
    {},
  ]);
  const [first, second] = [await sandbox.client(one), await sandbox.client(two)];
  const replicas = `SELECT r.replica_server_name AS name, r.backup_priority AS priority, s.role_desc AS role, s.is_local AS here,
    s.connected_state_desc AS state, s.synchronization_health_desc AS health, g.automated_backup_preference_desc AS preference
    FROM sys.availability_groups AS g JOIN sys.availability_replicas AS r ON r.group_id = g.group_id
    JOIN sys.dm_hadr_availability_replica_states AS s ON s.replica_id = r.replica_id ORDER BY name`;
  const shared = { state: 'CONNECTED', health: 'HEALTHY', preference: 'SECONDARY_ONLY' };
  const primary = { name: 'SQL1', priority: 30, role: 'PRIMARY', ...shared };
  const secondary = { name: 'SQL2', priority: 50, role: 'SECONDARY', ...shared };
  expect(await rows(first, replicas)).toEqual([
    { ...primary, here: true },
    { ...secondary, here: false },
  ]);
  expect(await rows(second, replicas)).toEqual([{ ...secondary, here: true }]);
  const databases = `SELECT d.name, d.recovery_model_desc AS model, c.database_name AS grouped, s.synchronization_state_desc AS state
    FROM sys.databases AS d JOIN sys.availability_databases_cluster AS c ON c.group_database_id = d.group_database_id
    JOIN sys.dm_hadr_database_replica_states AS s ON s.database_id = d.database_id AND s.is_local = 1`;
  const expected = [{ name: 'Hosting', model: 'FULL', grouped: 'Hosting', state: 'SYNCHRONIZED' }];
  expect(await rows(first, databases)).toEqual(expected);
  expect(await rows(second, databases)).toEqual(expected);
  const listener = 'SELECT dns_name AS dns, port FROM sys.availability_group_listeners';
  expect(await rows(second, listener)).toEqual([{ dns: 'ag-listener', port: group.port }]);
  expect(await rows(second, "SELECT CAST(SERVERPROPERTY('IsHadrEnabled') AS int) AS x")).toEqual([{ x: 1 }]);
});

test.each([
  ['primary', [50, 50], [true, false]],
  ['secondary_only', [50, 50], [false, true]],
  ['secondary', [50, 50], [false, true]],
  ['secondary', [50, 0], [true, false]],
  ['secondary_only', [50, 0], [false, false]],
  ['none', [60, 50], [true, false]],
  ['none', [50, 60], [false, true]],
  ['none', [0, 50], [false, true]],
] as const)('backups of preference %s with priorities %j are for %j', async (preference, [first, second], expected) => {
  const { one, two } = await startPair({ preference }, [{ backupPriority: first }, { backupPriority: second }]);
  expect([await isPreferred(one), await isPreferred(two)]).toEqual(expected);
});

test('the preferred replica is asked for by the exact name; a database outside of the group is always preferred', async () => {
  const { one, two } = await startPair();
  expect(await isPreferred(two, 'hosting')).toBe(false);
  expect(await isPreferred(two, 'Hosting')).toBe(true);
  expect(await isPreferred(one, 'local')).toBe(true);
});

test.each([
  ['15.0.4298.1', true],
  ['15.0.4312.2', false],
  ['16.0.1000.6', true],
  ['16.0.4015.1', false],
  ['17.0.1000.7', false],
])('version %s calls a database that does not exist preferred: %s', async (version, preferred) => {
  expect(await isPreferred(await sandbox.server({ version }), 'nowhere')).toBe(preferred);
});

test('without its secondary the primary is preferred, unless secondaries are the only ones', async () => {
  const { group, one, two } = await startPair();
  await two.close();
  expect(await isPreferred(one)).toBe(true);
  group.preference = 'secondary_only';
  expect(await isPreferred(one)).toBe(false);
  const pool = await sandbox.client(one);
  const states = 'SELECT connected_state_desc AS state FROM sys.dm_hadr_availability_replica_states WHERE is_local = 0';
  expect(await rows(pool, states)).toEqual([{ state: 'DISCONNECTED' }]);
});

test('a secondary takes copies only, and lets nobody in that it should not', async () => {
  const { two } = await startPair();
  const pool = await sandbox.client(two);
  expect(await errorOf(backUp(pool, 'CHECKSUM'))).toMatchObject({ precedingErrors: [{ number: 3059 }] });
  await backUp(pool, 'COPY_ONLY, CHECKSUM');
  expect(await errorOf(pool.request().batch('USE Hosting'))).toMatchObject({ number: 976 });
  expect(await errorOf(rows(pool, 'SELECT name FROM Hosting.sys.database_principals'))).toMatchObject({ number: 976 });
  expect(await errorOf(sandbox.client(two, { database: 'Hosting' }))).toMatchObject({ code: 'ELOGIN' });
});

test('a readable secondary asks for read-only intent', async () => {
  const { two } = await startPair({}, [{}, { readable: 'READ_ONLY' }]);
  const pool = await sandbox.client(two);
  expect(await errorOf(pool.request().batch('USE Hosting'))).toMatchObject({ number: 978 });
  const reading = await sandbox.client(two, { database: 'Hosting', options: { readOnlyIntent: true } });
  expect(await rows(reading, 'SELECT DB_NAME() AS name')).toEqual([{ name: 'Hosting' }]);
});

test('SQL Server 2025 takes full backups on a secondary', async () => {
  const { two } = await startPair({}, [{}, {}], { version: '17.0.1000.7' });
  await backUp(await sandbox.client(two), 'CHECKSUM');
});

test('the listener leads to the primary, also to a new one', async () => {
  const { group, one, two } = await startPair();
  const name = async () => {
    const pool = await sandbox.client({ ...one, port: group.port });
    const [row] = await rows(pool, 'SELECT @@SERVERNAME AS name');
    await pool.close();
    return row;
  };
  expect(await name()).toEqual({ name: 'SQL1' });
  group.failover();
  expect(await name()).toEqual({ name: 'SQL2' });
  one.databases.change('Hosting');
  expect(two.databases.find('Hosting')?.generation).toBe(1);
});

test.each(['through the listener', 'directly'])('a failover drops a backup that runs %s', async (how) => {
  const { group, one } = await startPair();
  one.faults.add({ match: 'BACKUP DATABASE', atPercent: 50, stall: true });
  const pool = await sandbox.client({ ...one, port: how === 'directly' ? one.port : group.port });
  const request = pool.request();
  const halfway = new Promise<void>((resolve) => request.on('info', () => resolve()));
  const failed = errorOf(
    request.batch(`BACKUP DATABASE Hosting TO DISK = N'${join(sandbox.directory, 'f.bak')}' WITH FORMAT, STATS = 50`),
  );
  await halfway;
  group.failover();
  expect(await failed).toMatchObject({ code: expect.stringMatching(/ECONNRESET|ESOCKET|ECONNCLOSED|EREQUEST/) });
  expect(one.history.list()).toHaveLength(0);
  expect(group.roleOf('SQL1')).toBe('SECONDARY');
});

test('a group without a primary gives 983 until one takes over', async () => {
  const { group, one, two } = await startPair();
  await one.close();
  const pool = await sandbox.client(two);
  expect(await errorOf(pool.request().batch('USE Hosting'))).toMatchObject({ number: 983 });
  expect(await errorOf(backUp(pool, 'COPY_ONLY'))).toMatchObject({ precedingErrors: [{ number: 3062 }] });
  group.failover('SQL2');
  await pool.request().batch('USE Hosting');
});

test('with automatic failover a synchronous secondary takes over by itself', async () => {
  const { group, one } = await startPair({ automaticFailover: true });
  await one.close();
  expect(group.roleOf('SQL2')).toBe('PRIMARY');
});
