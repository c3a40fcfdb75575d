import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { createAvailabilityGroup } from '../../../sandbox/sql-server/engine/availability-group';
import { scriptedFaults } from '../../../sandbox/sql-server/scripted-faults';
import type { SqlServer } from '../../../src/ports/sql-server';
import { createSandbox, errorOf, login, type Sandbox } from '../../sandbox/sql-server/support';
import { createRestoreBench, hosting, metering, type RestoreBench } from './restore-support';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox.end());

const open = (options: Parameters<typeof createRestoreBench>[1] = {}) => createRestoreBench(sandbox, options);
const found = ({ target }: RestoreBench, name = hosting.name) => target.databases.find(name);
const filesOf = (bench: RestoreBench, name = hosting.name) => found(bench, name)?.files.map(({ physicalName }) => physicalName);

/** Notes what is sent. */
function noting(sql: SqlServer, sent: string[]): SqlServer {
  return {
    async connect(server, options) {
      const session = await sql.connect(server, options);
      return {
        ...session,
        query: (statement, parameters) => (sent.push(statement), session.query(statement, parameters)),
        execute: (statement, options) => (sent.push(statement), session.execute(statement, options)),
      };
    },
  };
}

test('a database arrives on another server with all it holds, in the places of that server', async () => {
  const bench = await open();
  const backup = await bench.backUp();
  const steps = new Set<string>();
  const plan = await bench.plan([backup]);
  expect(plan.items).toMatchObject([{ target: hosting.name, road: 'disk', replaces: undefined, warnings: [] }]);
  expect(readdirSync(bench.staging)).toEqual([]);
  const control = { onProgress: ({ step }: { step: string }) => void steps.add(step) };
  const restored = await bench.restores.restore({ plan, item: plan.items[0]!, control });
  expect([...steps]).toEqual(['copying', 'verifying', 'restoring']);
  expect(restored).toMatchObject({ recoveryModel: 'SIMPLE', containment: 'PARTIAL', toDo: [] });
  const original = bench.source.server.databases.find(hosting.name)!;
  const { tables, users, contained, collation, state } = found(bench)!;
  expect({ tables, users, contained, collation, state }).toEqual({
    ...{ tables: hosting.tables, users: hosting.users, contained: true, collation: original.collation },
    state: 'ONLINE',
  });
  expect(filesOf(bench)).toEqual(['C:\\Data\\appservice_hosting_1.mdf', 'C:\\Data\\appservice_hosting_2.ldf']);
  expect(restored.files.map(({ path }) => path)).toEqual(filesOf(bench));
  expect(readdirSync(bench.staging)).toEqual([]);
});

test('a backup in several files is restored from all of them, under another name and into named directories', async () => {
  const bench = await open({ stripes: 3 });
  const backup = await bench.backUp();
  expect(backup.files).toHaveLength(3);
  await bench.restore([], {
    items: [{ backup, target: 'copy ]of hosting' }],
    directories: { data: 'F:\\Data', log: 'G:\\Log\\' },
  });
  expect(found(bench, 'copy ]of hosting')?.tables).toEqual(hosting.tables);
  expect(filesOf(bench, 'copy ]of hosting')).toEqual([
    expect.stringMatching(/^F:\\Data\\copy-of-hosting-[0-9a-f]{8}_1\.mdf$/),
    expect.stringMatching(/^G:\\Log\\copy-of-hosting-[0-9a-f]{8}_2\.ldf$/),
  ]);
  expect(found(bench)).toBeUndefined();
});

test('a database that is there is left alone, and with replace gives way and keeps the places of its files', async () => {
  const files = [
    { name: 'appservice_hosting', type: 'ROWS', physicalName: 'H:\\Old\\h.mdf', size: 65536 },
    { name: 'appservice_hosting_log', type: 'LOG', physicalName: 'H:\\Old\\h.ldf', size: 65536 },
  ] as const;
  const bench = await open({ target: { databases: [{ name: 'AppService_Hosting', files, tables: { 'dbo.Own': 1 } }] } });
  const backups = [await bench.backUp(), await bench.backUp(metering.name)];
  const error = await errorOf(bench.plan(backups));
  expect(error).toMatchObject({ code: 'restore.database-exists', hint: expect.stringContaining('--replace') });
  expect(bench.target.databases.list().map(({ name }) => name)).toEqual([
    ...['master', 'tempdb', 'model', 'msdb'],
    'AppService_Hosting',
  ]);
  const plan = await bench.plan(backups, { replace: true });
  expect(plan.items.map(({ replaces }) => replaces)).toEqual([{ name: 'AppService_Hosting', state: 'ONLINE' }, undefined]);
  for (const item of plan.items) await bench.restores.restore({ plan, item, control: {} });
  expect(found(bench)).toMatchObject({ name: 'AppService_Hosting', tables: hosting.tables, state: 'ONLINE' });
  expect(filesOf(bench)).toEqual(files.map(({ physicalName }) => physicalName));
  expect(found(bench, metering.name)?.tables).toEqual(metering.tables);
});

test('a database of an availability group is not replaced, and what to run is said', async () => {
  const group = await createAvailabilityGroup({ name: 'alwayson-ag', databases: [hosting.name] });
  sandbox.defer(() => group.close());
  const bench = await open({ target: { databases: [hosting], availabilityGroup: group } });
  const error = await errorOf(bench.plan([await bench.backUp()], { replace: true }));
  expect(error).toMatchObject({ code: 'restore.database-in-group' });
  expect(error['hint']).toContain('ALTER AVAILABILITY GROUP [alwayson-ag] REMOVE DATABASE [appservice_hosting];');
  expect(error['hint']).toContain('ALTER AVAILABILITY GROUP [alwayson-ag] ADD DATABASE [appservice_hosting];');
});

test.each([
  ['is older', { version: '15.0.4430.1' }, { message: /older 15\.0\.4430\.1/, hint: /later one/ }],
  [
    'keeps contained users out',
    { configurations: { 'contained database authentication': 0 } },
    {
      message: /authentication switched off/,
      hint: /EXEC sys\.sp_configure N'contained database authentication', 1; RECONFIGURE;/,
    },
  ],
] as const)('a server that %s is refused before anything is brought to it', async (_why, target, { message, hint }) => {
  const bench = await open({ target });
  const error = await errorOf(bench.plan([await bench.backUp()]));
  expect(error).toMatchObject({
    ...{ code: 'restore.server-unfit', message: expect.stringMatching(message) },
    hint: expect.stringMatching(hint),
  });
});

test('what speaks against several databases is said at once', async () => {
  const bench = await open({ target: { databases: [hosting, metering] } });
  const error = await errorOf(bench.plan([await bench.backUp(), await bench.backUp(metering.name)]));
  expect(error.message).toMatch(/^2 databases cannot be restored, so none was touched:\n .*hosting.*\n .*metering/);
});

test('a login without the right is told the grant', async () => {
  const reader = { ...login, serverPermissions: [], databaseRoles: {} };
  const bench = await open({ target: { logins: [reader] } });
  expect(await errorOf(bench.plan([await bench.backUp()]))).toMatchObject({
    ...{ code: 'sql.restore-failed', hint: expect.stringContaining('GRANT CREATE ANY DATABASE TO [sa]') },
  });
});

test('a login with the role dbcreator alone is enough', async () => {
  const creator = { ...login, serverRoles: ['dbcreator'] };
  const bench = await open({ target: { logins: [creator] } });
  await bench.restore([await bench.backUp()]);
  expect(found(bench)?.state).toBe('ONLINE');
});

test('a backup that is not what was recorded never becomes a file for the server', async () => {
  const bench = await open();
  const backup = await bench.backUp();
  const { key } = backup.files[0]!;
  const { content } = await bench.parts.store.read(key);
  content[content.length >> 1]! ^= 1;
  await bench.parts.store.put(key, content);
  expect(await errorOf(bench.restore([backup]))).toMatchObject({ code: 'format.damaged' });
  expect(readdirSync(bench.staging)).toEqual([]);
  await bench.parts.store.put(key, content.subarray(1));
  expect(await errorOf(bench.plan([backup]))).toMatchObject({ code: 'format.damaged' });
  await bench.parts.store.remove(key);
  expect(await errorOf(bench.plan([backup]))).toMatchObject({ code: 'store.not-found' });
  expect(found(bench)).toBeUndefined();
});

test('damage that the server finds ends the restore before the database is touched', async () => {
  const bench = await open({ target: { databases: [{ ...hosting, tables: { 'dbo.Own': 1 } }] } });
  const backup = await bench.backUp();
  const file = backup.files[0]!;
  const { content } = await bench.parts.store.read(file.key);
  content[content.length >> 1]! ^= 1;
  await bench.parts.store.put(file.key, content);
  const claimed = { ...backup, files: [{ ...file, sha256: createHash('sha256').update(content).digest('hex') }] };
  expect(await errorOf(bench.restore([claimed], { replace: true }))).toMatchObject({
    ...{ code: 'sql.corrupt', details: { number: 3189 } },
  });
  expect(found(bench)).toMatchObject({ tables: { 'dbo.Own': 1 }, state: 'ONLINE' });
  expect(readdirSync(bench.staging)).toEqual([]);
});

test('a directory that the server reads elsewhere is explained, and no file stays', async () => {
  const bench = await open({ target: { mounts: { 'E:\\Restore\\': `${sandbox.directory}/other/` } } });
  expect(await errorOf(bench.restore([await bench.backUp()]))).toMatchObject({
    ...{
      code: 'sql.restore-failed',
      details: { number: 3201, osError: 2 },
      hint: expect.stringContaining('SQL_BACKUP_DIRECTORY'),
    },
  });
  expect(readdirSync(bench.staging)).toEqual([]);
});

test('without a directory there is no way, and that is said before anything else', async () => {
  const bench = await open({ parts: { staging: undefined } });
  expect(await errorOf(bench.plan([await bench.backUp()]))).toMatchObject({
    ...{ code: 'config.invalid', message: expect.stringContaining('SQL_BACKUP_DIRECTORY') },
  });
});

test.each([
  ['restore into a used database', 3101, /sys\.dm_exec_sessions/],
  ['restore without room', 3257, /too little room/],
] as const)('%s: the reason is found, and what to do', async (fault, number, hint) => {
  const bench = await open({ target: { faults: [scriptedFaults[fault]] } });
  expect(await errorOf(bench.restore([await bench.backUp()]))).toMatchObject({
    ...{ code: 'sql.restore-failed', details: { number }, hint: expect.stringMatching(hint) },
  });
  expect(readdirSync(bench.staging)).toEqual([]);
});

test('a restore that breaks off says what it leaves, and goes on with replace', async () => {
  const bench = await open({
    target: {
      databases: [{ ...hosting, tables: { 'dbo.Own': 1 } }],
      faults: [scriptedFaults['restore breaks off']],
    },
  });
  const backup = await bench.backUp();
  const error = await errorOf(bench.restore([backup], { replace: true }));
  expect(error).toMatchObject({ code: 'sql.restore-failed', details: { state: 'RESTORING', number: 3203 } });
  expect(error.message).toMatch(/is left RESTORING on 127\.0\.0\.1:\d+: nobody can use it, and what it held before is lost$/);
  expect(error['hint']).toContain('--replace');
  expect(await errorOf(bench.plan([backup]))).toMatchObject({ message: expect.stringContaining('is RESTORING') });
  await bench.restore([backup], { replace: true });
  expect(found(bench)).toMatchObject({ tables: hosting.tables, state: 'ONLINE' });
});

test('a restore that loses its connection is ended on the server', async () => {
  const match = 'RESTORE DATABASE';
  const faults = [
    { match, atPercent: 40, drop: 'continue' },
    { match, atPercent: 60, stall: true },
  ] as const;
  const bench = await open({ target: { faults } });
  const error = await errorOf(bench.restore([await bench.backUp()]));
  expect(error).toMatchObject({ code: 'sql.connection-lost', details: { state: 'RESTORING' } });
  const pool = await sandbox.client(bench.target);
  const { recordset } = await pool.request().query("SELECT command FROM sys.dm_exec_requests WHERE command <> N'SELECT'");
  expect(recordset).toEqual([]);
});

test('a restore that was done when the connection broke is done', async () => {
  const bench = await open({ target: { faults: [{ match: 'RESTORE DATABASE', atPercent: 100, drop: 'continue' }] } });
  expect(await bench.restore([await bench.backUp()])).toMatchObject({ containment: 'PARTIAL' });
  expect(found(bench)?.state).toBe('ONLINE');
});

test('a restore that stands still is given up', async () => {
  const faults = [{ match: 'RESTORE DATABASE', atPercent: 40, stall: true }];
  const bench = await open({ target: { faults }, parts: { stallMs: 300 } });
  const error = await errorOf(bench.restore([await bench.backUp()]));
  expect(error).toMatchObject({ code: 'sql.stalled', details: { state: 'RESTORING' } });
  expect(error.message).toMatch(/^The restore of appservice_hosting on /);
});

test('a cancelled restore leaves no file', async () => {
  const bench = await open();
  const plan = await bench.plan([await bench.backUp()]);
  const stop = new AbortController();
  const control = { signal: stop.signal, onProgress: () => stop.abort() };
  expect(await errorOf(bench.restores.restore({ plan, item: plan.items[0]!, control }))).toMatchObject({ code: 'run.cancelled' });
  expect(readdirSync(bench.staging)).toEqual([]);
  expect(found(bench)).toBeUndefined();
});

test('a database that somebody made meanwhile is not restored over', async () => {
  const bench = await open();
  const plan = await bench.plan([await bench.backUp()]);
  bench.target.databases.add({ ...hosting, tables: { 'dbo.Own': 1 } });
  expect(await errorOf(bench.restores.restore({ plan, item: plan.items[0]!, control: {} }))).toMatchObject({
    code: 'restore.database-exists',
  });
  expect(found(bench)?.tables).toEqual({ 'dbo.Own': 1 });
});

test('the server verifies before it restores, with checksums, and replaces only when told', async () => {
  const sent: string[] = [];
  const plain = await open();
  const bench = await open({ parts: { sql: noting(plain.parts.sql, sent) } });
  await bench.restore([await bench.backUp()]);
  const restores = sent.filter((statement) => statement.startsWith('RESTORE'));
  expect(restores.map((statement) => statement.split(' ')[1])).toEqual(['FILELISTONLY', 'VERIFYONLY', 'DATABASE']);
  expect(restores[2]).toMatch(
    /^RESTORE DATABASE \[appservice_hosting\] FROM DISK = N'E:\\Restore\\hubkeep-.*CHECKSUM, RECOVERY, STATS = 1$/,
  );
});

test('users of logins, the log and the group are left to the operator, who is told', async () => {
  const users = [{ name: 'web]admin', authentication: 'INSTANCE' }] as const;
  const database = { ...hosting, contained: false, users, recoveryModel: 'FULL' } as const;
  const bench = await open({ source: { databases: [database] } });
  const { toDo } = await bench.restore([{ ...(await bench.backUp()), group: 'alwayson-ag' }]);
  expect(toDo).toEqual([
    expect.stringContaining('USE [appservice_hosting]; ALTER USER [web]]admin] WITH LOGIN = [web]]admin];'),
    expect.stringContaining('recovery model is FULL'),
    expect.stringContaining('ALTER AVAILABILITY GROUP [alwayson-ag] ADD DATABASE [appservice_hosting];'),
  ]);
});
