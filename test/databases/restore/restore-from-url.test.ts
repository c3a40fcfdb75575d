import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAzurite, type Azurite } from '../../../sandbox/azurite';
import type { SqlServerOptions } from '../../../sandbox/sql-server/start-sql-server';
import { createBackupCredentials } from '../../../src/databases/backup-credentials';
import type { RestoreParts } from '../../../src/databases/restore-parts';
import { createServerRestores } from '../../../src/databases/restore-to-server';
import { withBackupContainer } from '../../../src/repository/with-backup-container';
import { createSandbox, errorOf, login, type Sandbox } from '../../sandbox/sql-server/support';
import { runId } from '../support';
import { createUrlBench } from '../url-support';
import { hosting } from './restore-support';

const directory = mkdtempSync(join(tmpdir(), 'hubkeep-restore-url-'));
let azurite: Azurite;
let sandbox: Sandbox;
beforeAll(async () => {
  azurite = await startAzurite({ directory });
});
afterAll(async () => {
  await azurite.close();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox.end());

/** A backup that a server wrote into the container by itself, and another server. */
async function open(options: Partial<SqlServerOptions> = {}, changes: Partial<RestoreParts> = {}) {
  const bench = await createUrlBench(sandbox, azurite, { server: { databases: [hosting] }, stripes: 2 });
  const from = { runId, server: bench.address };
  await bench.credentials.create(from);
  const { backup } = await bench.databases.backUp({ ...from, database: hosting.name });
  await bench.credentials.drop(from);
  const target = await sandbox.server({ name: 'TARGET', ...options });
  const { sql, clock, log } = bench.parts;
  const { container } = bench;
  const restores = createServerRestores({
    ...{ sql, clock, log, container, staging: undefined, prefersUrl: false },
    store: withBackupContainer(bench.parts.store, container.blobs),
    credentials: createBackupCredentials({ sql, container, clock }),
    ...changes,
  });
  const address = `127.0.0.1:${target.port}`;
  const plan = () => restores.plan({ server: address, replace: false, items: [{ backup, target: hosting.name }] });
  const restore = async () => {
    const planned = await plan();
    return restores.restore({ plan: planned, item: planned.items[0]!, control: {} });
  };
  return { bench, target, address, plan, restore, restores };
}

const rightsOf = (secret: string | undefined) => new URLSearchParams(secret).get('sp');

test('the server reads the backup from where it lies, by a signature that only reads and is taken back', async () => {
  const { target, plan, restore } = await open();
  expect((await plan()).items).toMatchObject([{ road: 'url' }]);
  await restore();
  expect(target.databases.find(hosting.name)).toMatchObject({ tables: hosting.tables, state: 'ONLINE' });
  expect(target.credentialSecrets().map(rightsOf)).toEqual(['rl']);
  const pool = await sandbox.client(target);
  expect((await pool.request().query('SELECT name FROM sys.credentials')).recordset).toEqual([]);
});

test('the signature goes back after a failure too', async () => {
  const reason = { number: 3257, text: 'There is insufficient free space on disk volume.' };
  const { target, restore } = await open({ faults: [{ match: 'RESTORE DATABASE', errors: [reason] }] });
  expect(await errorOf(restore())).toMatchObject({ code: 'sql.restore-failed' });
  const pool = await sandbox.client(target);
  expect((await pool.request().query('SELECT name FROM sys.credentials')).recordset).toEqual([]);
});

test('a credential that is there, perhaps of a backup that runs, keeps its rights and stays', async () => {
  const { bench, target, address, restore } = await open();
  await bench.credentials.create({ runId, server: address });
  await restore();
  const pool = await sandbox.client(target);
  await pool.request().batch(`BACKUP DATABASE master TO URL = N'${bench.container.url}/after.bak' WITH COPY_ONLY`);
});

test('a credential that a backup takes over in the middle of a restore is the backup’s to drop', async () => {
  const { bench, target, address, plan, restores } = await open({ faults: [{ match: /^RESTORE DATABASE/, delayMs: 500 }] });
  const planned = await plan();
  const onRestore = () => void (taken = bench.credentials.create({ runId, server: address }));
  let taken: Promise<void> | undefined;
  await restores.restore({ plan: planned, item: planned.items[0]!, control: {}, onRestore });
  await taken;
  const pool = await sandbox.client(target);
  expect((await pool.request().query('SELECT name FROM sys.credentials')).recordset).toHaveLength(1);
});

test.each([
  ['too old', { version: '12.0.6024.0' }, 'restore.server-unfit'],
  ['without the right', { logins: [{ ...login, serverRoles: ['dbcreator'] }] }, 'sql.backup-failed'],
])('a server that is %s is found before anything is changed', async (_why, options, code) => {
  const { target, plan } = await open(options);
  expect(await errorOf(plan())).toMatchObject({ code });
  expect(target.credentialSecrets()).toEqual([]);
});

test('no signature is in an error of the server', async () => {
  const { target, restore } = await open();
  target.faults.add({ match: 'CREATE CREDENTIAL', errors: [{ number: 15247, text: 'User does not have permission.' }] });
  const error = await errorOf(restore());
  expect(error).toMatchObject({ code: 'sql.restore-failed' });
  expect(JSON.stringify([error, error.message, error.cause])).not.toMatch(/sig=/);
});
