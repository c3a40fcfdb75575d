import type { ServerLogin } from '../../sandbox/sql-server/engine/permissions';
import { databaseBackupSchema } from '../../src/contracts/database-backup';
import { createAvailabilityGroup } from '../../sandbox/sql-server/engine/availability-group';
import { createSandbox, errorOf, login, type Sandbox } from '../sandbox/sql-server/support';
import { createBench, runId, type Bench } from './support';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox.end());

const backUp = async (bench: Bench, database = 'hosting') =>
  (await bench.databases.backUp({ runId, server: bench.address, database })).backup;
const hours = (count: number) => count * 3_600_000;
/** The bench's servers are an hour ahead of UTC. */
const localTime = (ageMs: number) => new Date(Date.now() + hours(1) - ageMs);
const operator = (changes: Partial<ServerLogin>): ServerLogin => ({
  ...login,
  serverPermissions: ['CREATE ANY DATABASE'],
  databaseRoles: { hosting: ['db_backupoperator'] },
  ...changes,
});

test('a record says what the server and the database were', async () => {
  const bench = await createBench(sandbox, {
    productLevel: 'SP1',
    productUpdateLevel: 'CU7',
    databases: [
      {
        name: 'hosting',
        contained: true,
        collation: 'Latin1_General_CI_AS',
        files: [
          { name: 'data', type: 'ROWS', physicalName: 'D:\\data.mdf', size: 2 * 1024 * 1024 },
          { name: 'log', type: 'LOG', physicalName: 'L:\\log.ldf', size: 512 * 1024 },
        ],
        users: [
          { name: 'web', authentication: 'DATABASE' },
          { name: 'admin', authentication: 'INSTANCE' },
        ],
      },
    ],
  });
  const backup = await backUp(bench);
  expect(backup.serverFacts).toEqual({
    productLevel: 'SP1',
    updateLevel: 'CU7',
    collation: 'SQL_Latin1_General_CP1_CI_AS',
    containedAuthentication: true,
    hadrEnabled: false,
  });
  expect(backup.databaseFacts).toEqual({
    state: 'ONLINE',
    containment: 'PARTIAL',
    collation: 'Latin1_General_CI_AS',
    encrypted: false,
    logReuseWait: 'NOTHING',
    lastLogBackupAt: null,
    size: 2.5 * 1024 * 1024,
    files: [
      { logicalName: 'data', physicalName: 'D:\\data.mdf', type: 'ROWS', size: 2 * 1024 * 1024 },
      { logicalName: 'log', physicalName: 'L:\\log.ldf', type: 'LOG', size: 512 * 1024 },
    ],
    users: {
      count: 2,
      first: [
        { name: 'admin', authentication: 'INSTANCE' },
        { name: 'web', authentication: 'DATABASE' },
      ],
    },
  });
  expect(backup.warnings).toEqual([]);
});

test('a record from before facts were noted is read', async () => {
  const { serverFacts: _server, databaseFacts: _database, ...old } = await backUp(await createBench(sandbox), 'master');
  expect(databaseBackupSchema.parse(old)).toEqual(old);
});

test('many users are counted, and only the first are named', async () => {
  const users = Array.from({ length: 130 }, (_, i) => ({ name: `u${1000 + i}`, authentication: 'DATABASE' as const }));
  const { databaseFacts } = await backUp(await createBench(sandbox, { databases: [{ name: 'hosting', users }] }));
  expect(databaseFacts?.users?.count).toBe(130);
  expect(databaseFacts?.users?.first).toHaveLength(100);
  expect(databaseFacts?.users?.first[0]?.name).toBe('u1000');
});

test('an encrypted database warns of the certificate that is not in its backup', async () => {
  const bench = await createBench(sandbox, { databases: [{ name: 'hosting', encrypted: true }] });
  const backup = await backUp(bench);
  expect(backup.databaseFacts?.encrypted).toBe(true);
  expect(backup.warnings).toEqual([expect.stringContaining('certificate')]);
});

test('an encrypted database is compressed before SQL Server 2019 CU5 too', async () => {
  const databases = [{ name: 'hosting', size: 2 * 1024 * 1024, encrypted: true }];
  const backup = await backUp(await createBench(sandbox, { version: '15.0.4033.1', databases }));
  expect(backup.files[0]?.size).toBeLessThan(2 * 1024 * 1024);
});

describe.each(['FULL', 'BULK_LOGGED'] as const)('a log in the %s recovery model', (recoveryModel) => {
  const start = (logReuseWait = 'NOTHING') =>
    createBench(sandbox, { databases: [{ name: 'hosting', recoveryModel, logReuseWait }] });

  test('that was backed up lately is no warning, even while it waits for the next time', async () => {
    const bench = await start('LOG_BACKUP');
    bench.server.backUpLog('hosting', localTime(hours(2)));
    const backup = await backUp(bench);
    expect(backup.warnings).toEqual([]);
    const age = Date.now() - Date.parse(backup.databaseFacts?.lastLogBackupAt ?? '');
    expect(Math.abs(age - hours(2))).toBeLessThan(hours(0.1));
  });

  test('that nobody backs up any more is a warning with the time of the last backup', async () => {
    const bench = await start();
    bench.server.backUpLog('hosting', localTime(hours(25)));
    const { warnings, databaseFacts } = await backUp(bench);
    expect(warnings).toEqual([expect.stringContaining(`${recoveryModel} recovery model`)]);
    expect(warnings[0]).toContain(databaseFacts?.lastLogBackupAt);
  });

  test('that waits for its first backup is a warning', async () => {
    expect((await backUp(await start('LOG_BACKUP'))).warnings).toEqual([expect.stringContaining('knows of no log backup')]);
  });
});

test('what may not be seen is left out, and a warning names the grant', async () => {
  const bench = await createBench(sandbox, { logins: [operator({})], databases: [{ name: 'hosting' }] });
  for (const match of ['sys.master_files', 'sys.configurations', 'MAX(s.backup_finish_date)'])
    bench.server.faults.add({ match, errors: [{ number: 229, text: 'Permission was denied.' }] });
  const backup = await backUp(bench);
  expect(backup.serverFacts).not.toHaveProperty('containedAuthentication');
  for (const field of ['files', 'size', 'users', 'lastLogBackupAt']) expect(backup.databaseFacts).not.toHaveProperty(field);
  expect(backup.warnings).toEqual([
    expect.stringContaining('GRANT VIEW ANY DEFINITION TO [sa]'),
    expect.stringContaining('USE [hosting]; GRANT VIEW DEFINITION TO [sa]'),
    expect.stringContaining('USE msdb; GRANT SELECT ON dbo.backupset TO [sa]'),
  ]);
});

test('a login that may not verify is told so before anything is written', async () => {
  const bench = await createBench(sandbox, { logins: [operator({ serverPermissions: [] })], databases: [{ name: 'hosting' }] });
  expect(await errorOf(backUp(bench))).toMatchObject({
    code: 'sql.backup-failed',
    retryable: false,
    message: expect.stringContaining('VERIFYONLY'),
    hint: 'Run on the server: USE master; GRANT CREATE ANY DATABASE TO [sa];',
  });
  expect(bench.server.history.list()).toEqual([]);
});

test('a login that may neither back up nor verify is told both at once', async () => {
  const databases = [{ name: 'ho]st' }];
  const bench = await createBench(sandbox, { logins: [operator({ serverPermissions: [], databaseRoles: {} })], databases });
  expect(await errorOf(backUp(bench, 'ho]st'))).toMatchObject({
    hint: expect.stringMatching(/USE \[ho\]\]st\]; GRANT BACKUP DATABASE TO \[sa\];.*GRANT CREATE ANY DATABASE TO \[sa\];/),
  });
});

test('a secondary that takes no readers is not a right that is missing', async () => {
  const availabilityGroup = await createAvailabilityGroup({ databases: ['hosting'] });
  sandbox.defer(() => availabilityGroup.close());
  const databases = [{ name: 'hosting', users: [{ name: 'web', authentication: 'DATABASE' as const }] }];
  await createBench(sandbox, { name: 'SQL1', databases, availabilityGroup });
  const backup = await backUp(await createBench(sandbox, { name: 'SQL2', availabilityGroup }));
  expect(backup.databaseFacts?.users).toBeUndefined();
  expect(backup.warnings.filter((warning) => warning.includes('users'))).toEqual([]);
});
