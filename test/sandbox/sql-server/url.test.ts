import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BlobSASPermissions,
  BlobServiceClient,
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  type ContainerClient,
  type StorageSharedKeyCredential,
} from '@azure/storage-blob';
import type { ConnectionPool } from 'mssql';
import { startAzurite, type Azurite } from '../../../sandbox/azurite';
import type { RunningSqlServer } from '../../../sandbox/sql-server/start-sql-server';
import { createSandbox, errorOf, login, type Sandbox } from './support';

const mib = 1024 * 1024;
const directory = mkdtempSync(join(tmpdir(), 'hubkeep-sql-url-'));
let azurite: Azurite;
let service: BlobServiceClient;
let number = 0;

let sandbox: Sandbox;
let server: RunningSqlServer;
let pool: ConnectionPool;
let container: ContainerClient;

beforeAll(async () => {
  azurite = await startAzurite({ directory });
  service = BlobServiceClient.fromConnectionString(azurite.connectionString);
});
afterAll(async () => {
  await azurite.close();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(async () => {
  sandbox = createSandbox();
  container = service.getContainerClient(`sql${++number}`);
  await container.create();
  server = await sandbox.server({ databases: [{ name: 'hosting', size: 2 * mib }] });
  pool = await sandbox.client(server);
});
afterEach(() => sandbox.end());

function sasOf(permissions: string, expiresInMs = 3600_000): string {
  const credential = service.credential as StorageSharedKeyCredential;
  const options = {
    containerName: container.containerName,
    permissions: ContainerSASPermissions.parse(permissions),
    startsOn: new Date(Date.now() - 2 * 3600_000),
    expiresOn: new Date(Date.now() + expiresInMs),
  };
  return generateBlobSASQueryParameters(options, credential).toString();
}

const setCredential = (sas: string, action = 'CREATE') =>
  pool.request().batch(`${action} CREDENTIAL [${container.url}] WITH IDENTITY = 'SHARED ACCESS SIGNATURE', SECRET = '${sas}'`);
const urlOf = (blob: string) => `${container.url}/${blob}`;
const backUp = (blob: string, options = 'CHECKSUM') =>
  pool.request().batch(`BACKUP DATABASE hosting TO URL = N'${urlOf(blob)}' WITH COPY_ONLY, ${options}`);
const reasonOf = async (work: Promise<unknown>) => {
  const error = await errorOf(work);
  expect(error).toMatchObject({ number: 3013 });
  const [reason] = error['precedingErrors'] as (Error & { number: number })[];
  return { number: reason?.number, text: reason?.message };
};

test('a backup to a URL is a block blob that can be verified and read from there', async () => {
  await setCredential(sasOf('rwdl'));
  await backUp('folder/a.bak', "CHECKSUM, MAXTRANSFERSIZE = 262144, NAME = N'a'");
  const blob = container.getBlockBlobClient('folder/a.bak');
  const { committedBlocks } = await blob.getBlockList('committed');
  expect(committedBlocks?.slice(0, -1).every(({ size }) => size === 262144)).toBe(true);
  expect(committedBlocks?.length).toBeGreaterThan(8);
  expect(await blob.getProperties()).toMatchObject({ leaseState: 'available', blobType: 'BlockBlob' });
  await pool.request().batch(`RESTORE VERIFYONLY FROM URL = N'${urlOf('folder/a.bak')}' WITH CHECKSUM`);
  const header = await pool.request().query(`RESTORE HEADERONLY FROM URL = N'${urlOf('folder/a.bak')}'`);
  expect(header.recordset).toMatchObject([{ BackupName: 'a', DatabaseName: 'hosting' }]);
  const devices = await pool
    .request()
    .query('SELECT physical_device_name AS url, device_type AS type FROM msdb.dbo.backupmediafamily');
  expect(devices.recordset).toEqual([{ url: urlOf('folder/a.bak'), type: 9 }]);
});

test('stripes may be blobs', async () => {
  await setCredential(sasOf('rwdl'));
  const devices = ['1', '2', '3'].map((blob) => `URL = N'${urlOf(blob)}'`).join(', ');
  await pool.request().batch(`BACKUP DATABASE hosting TO ${devices} WITH FORMAT, CHECKSUM`);
  await pool.request().batch(`RESTORE VERIFYONLY FROM ${devices}`);
  expect(await reasonOf(pool.request().batch(`RESTORE VERIFYONLY FROM URL = N'${urlOf('1')}'`))).toMatchObject({ number: 3132 });
});

test('credentials are made, changed, listed and dropped by those who may', async () => {
  await setCredential('one');
  expect(await errorOf(setCredential('two'))).toMatchObject({ number: 15530 });
  await setCredential('two', 'ALTER');
  const list = () => pool.request().query('SELECT name, credential_identity AS who FROM sys.credentials');
  expect((await list()).recordset).toEqual([{ name: container.url, who: 'SHARED ACCESS SIGNATURE' }]);
  await pool.request().batch(`DROP CREDENTIAL [${container.url}]`);
  expect((await list()).recordset).toEqual([]);
  expect(await errorOf(setCredential('three', 'ALTER'))).toMatchObject({ number: 15151 });
  const other = await sandbox.server({ logins: [{ ...login, databaseRoles: { '*': ['db_owner'] } }] });
  const owner = await sandbox.client(other);
  expect(await errorOf(owner.request().batch("CREATE CREDENTIAL [x] WITH IDENTITY = 'y'"))).toMatchObject({ number: 15247 });
});

test('an existing blob is kept unless the statement says FORMAT', async () => {
  await setCredential(sasOf('rwdl'));
  await container.getBlockBlobClient('a.bak').upload('mine', 4);
  const { number, text } = await reasonOf(backUp('a.bak'));
  expect({ number, text }).toEqual({ number: 3271, text: expect.stringContaining('WITH FORMAT was not specified') });
  expect((await container.getBlobClient('a.bak').downloadToBuffer()).toString()).toBe('mine');
  await backUp('a.bak', 'FORMAT');
  expect((await container.getBlobClient('a.bak').getProperties()).contentLength).toBeGreaterThan(2 * mib);
});

test('credentials that are missing, expired or too weak have the Windows errors of SQL Server', async () => {
  expect(await reasonOf(backUp('a.bak'))).toEqual({ number: 3201, text: expect.stringContaining('error 50(') });
  await setCredential(sasOf('rwdl', -60_000));
  expect(await reasonOf(backUp('a.bak'))).toEqual({ number: 3201, text: expect.stringContaining('error 5(') });
  await setCredential(sasOf('rl'), 'ALTER');
  expect(await reasonOf(backUp('a.bak'))).toEqual({ number: 3201, text: expect.stringContaining('error 5(') });
  await setCredential(sasOf('rwdl'), 'ALTER');
  const verify = pool.request().batch(`RESTORE VERIFYONLY FROM URL = N'${urlOf('none.bak')}'`);
  expect(await reasonOf(verify)).toEqual({ number: 3201, text: expect.stringContaining('error 2(') });
});

test('a blob takes so many blocks and no more; what failed is cleaned away', async () => {
  await setCredential(sasOf('rwdl'));
  server.url.blockLimit = 4;
  expect(await reasonOf(backUp('a.bak', 'MAXTRANSFERSIZE = 65536'))).toMatchObject({ number: 3063 });
  expect(await container.getBlobClient('a.bak').exists()).toBe(false);
  await backUp('a.bak', 'MAXTRANSFERSIZE = 1048576');
});

test('a failed backup that may not delete leaves an empty blob without a lease', async () => {
  await setCredential(sasOf('rwl'));
  server.faults.add({ match: 'BACKUP DATABASE', atPercent: 50, errors: [{ number: 3013, text: 'no' }] });
  await errorOf(backUp('a.bak'));
  expect(await container.getBlobClient('a.bak').getProperties()).toMatchObject({ contentLength: 0, leaseState: 'available' });
});

test('a backup cut off from storage leaves a lease that keeps others out', async () => {
  await setCredential(sasOf('rwdl'));
  server.url.leaveLease = true;
  server.faults.add({ match: 'BACKUP DATABASE', atPercent: 50, errors: [{ number: 3013, text: 'no' }] });
  await errorOf(backUp('a.bak'));
  expect(await container.getBlobClient('a.bak').getProperties()).toMatchObject({ contentLength: 0, leaseDuration: 'infinite' });
  expect(await reasonOf(backUp('a.bak', 'FORMAT'))).toEqual({ number: 3271, text: expect.stringContaining('(412)') });
  await container.getBlobClient('a.bak').getBlobLeaseClient().breakLease(0);
  await backUp('a.bak', 'FORMAT');
});

test('a signature for the one blob is enough to write it', async () => {
  const credential = service.credential as StorageSharedKeyCredential;
  const sas = generateBlobSASQueryParameters(
    {
      containerName: container.containerName,
      blobName: 'a.bak',
      permissions: BlobSASPermissions.parse('rw'),
      expiresOn: new Date(Date.now() + 3600_000),
    },
    credential,
  ).toString();
  await setCredential(sas);
  await backUp('a.bak');
  expect(await reasonOf(backUp('b.bak'))).toMatchObject({ number: 3201 });
});
