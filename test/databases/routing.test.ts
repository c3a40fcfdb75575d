import {
  createAvailabilityGroup,
  type AvailabilityGroup,
  type AvailabilityGroupOptions,
  type ReplicaOptions,
} from '../../sandbox/sql-server/engine/availability-group';
import type { RunningSqlServer } from '../../sandbox/sql-server/start-sql-server';
import { createMssqlServer } from '../../src/adapters/mssql/create-mssql-server';
import { createDatabaseRoutes } from '../../src/databases/routing/route-databases';
import { createSandbox, login, type Sandbox } from '../sandbox/sql-server/support';
import { silentLog } from '../support/silent-log';

const runId = '20261122T020000Z-7f3a';
const databases = ['appservice_hosting', 'master'];

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
): Promise<Pair> {
  const group = await createAvailabilityGroup({ databases: ['AppService_Hosting'], ...options });
  sandbox.defer(() => group.close());
  const start = (name: string, replica: ReplicaOptions) =>
    sandbox.server({
      name,
      replica,
      availabilityGroup: group,
      databases: [{ name: 'master' }, ...(name === 'SQL1' ? [{ name: 'AppService_Hosting' }] : [])],
    });
  return { group, one: await start('SQL1', replicas[0]), two: await start('SQL2', replicas[1]) };
}

const at = ({ port }: { readonly port: number }) => `127.0.0.1:${port}`;

/** @param names where the network finds servers that only their replicas name. */
function routesOf(
  servers: readonly string[],
  { wanted = databases, names = {} }: { wanted?: string[]; names?: Record<string, string> } = {},
) {
  const real = createMssqlServer({
    user: login.name,
    password: login.password,
    encrypt: false,
    trustServerCertificate: false,
    connectTimeoutMs: 3_000,
  });
  const sql = { connect: (server: string, options = {}) => real.connect(names[server] ?? server, options) };
  return createDatabaseRoutes({ sql, log: silentLog, servers, databases: wanted }).route({ runId });
}

test('a server outside of any group takes all it has', async () => {
  const server = await sandbox.server({ databases: [{ name: 'master' }, { name: 'appservice_hosting' }] });
  expect(await routesOf([at(server)])).toEqual({
    targets: databases.map((database) => ({ server: at(server), database })),
    failed: [],
  });
});

test('a database that only one of two servers has is taken there, and master from both', async () => {
  const one = await sandbox.server({ name: 'A', databases: [{ name: 'master' }, { name: 'appservice_hosting' }] });
  const two = await sandbox.server({ name: 'B', databases: [{ name: 'master' }] });
  expect((await routesOf([at(one), at(two)])).targets).toEqual([
    { server: at(one), database: 'appservice_hosting' },
    { server: at(one), database: 'master' },
    { server: at(two), database: 'master' },
  ]);
});

test('a database that nobody has is asked of every server, which say so', async () => {
  const server = await sandbox.server({ databases: [{ name: 'master' }] });
  const { targets } = await routesOf([at(server)], { wanted: ['missing'] });
  expect(targets).toEqual([{ server: at(server), database: 'missing' }]);
});

test.each([
  ['secondary', 'SQL2'],
  ['secondary_only', 'SQL2'],
  ['primary', 'SQL1'],
] as const)('with the backup preference %s a database of a group is taken once, from %s', async (preference, name) => {
  const { one, two } = await startPair({ preference });
  const { targets, failed } = await routesOf([at(one), at(two)]);
  const place = at(name === 'SQL1' ? one : two);
  expect(targets).toEqual([
    { server: place, database: 'appservice_hosting', group: 'ag' },
    { server: at(one), database: 'master' },
    { server: at(two), database: 'master' },
  ]);
  expect(failed).toEqual([]);
});

test('behind a listener every replica is found and asked', async () => {
  const { group, two } = await startPair();
  const listener = at(group);
  const { targets } = await routesOf([listener], { names: { SQL2: at(two) } });
  expect(targets).toEqual([
    { server: 'SQL2', database: 'appservice_hosting', group: 'ag' },
    { server: listener, database: 'master' },
    { server: 'SQL2', database: 'master' },
  ]);
});

test('when the preferred replica cannot be reached the primary takes the database, with a warning that names it, and its own master fails', async () => {
  const { two, group } = await startPair({ preference: 'secondary_only' });
  await two.close();
  const { targets, failed } = await routesOf([at(group)], { names: { SQL2: '127.0.0.1:1' } });
  expect(targets).toEqual([
    { server: at(group), database: 'appservice_hosting', group: 'ag', warnings: [expect.stringContaining('SQL2: ')] },
    { server: at(group), database: 'master' },
    { server: 'SQL2', database: 'master' },
  ]);
  expect(failed).toEqual([]);
});

test('a night in which the group prefers nobody is told, although the primary takes the database', async () => {
  const { one, two } = await startPair({ preference: 'secondary_only' }, [{}, { backupPriority: 0 }]);
  const { targets, failed } = await routesOf([at(one), at(two)], { wanted: ['appservice_hosting'] });
  expect(targets).toEqual([{ server: at(one), database: 'appservice_hosting', group: 'ag' }]);
  expect(failed).toMatchObject([
    {
      target: { server: 'ag', database: 'appservice_hosting' },
      outcome: { status: 'failed', problem: { code: 'sql.no-replica' } },
    },
  ]);
});

test('after a failover the new secondary is found', async () => {
  const { group, one, two } = await startPair();
  group.failover();
  const { targets } = await routesOf([at(one), at(two)], { wanted: ['appservice_hosting'] });
  expect(targets).toEqual([{ server: at(one), database: 'appservice_hosting', group: 'ag' }]);
});

test('a configured server that does not answer is a target of what may be on it, and fails there', async () => {
  const server = await sandbox.server({ databases: [{ name: 'master' }, { name: 'appservice_hosting' }] });
  const { targets } = await routesOf([at(server), '127.0.0.1:1']);
  expect(targets).toEqual([
    ...databases.map((database) => ({ server: at(server), database })),
    ...databases.map((database) => ({ server: '127.0.0.1:1', database })),
  ]);
  expect((await routesOf(['127.0.0.1:1'])).targets).toEqual(databases.map((database) => ({ server: '127.0.0.1:1', database })));
});
