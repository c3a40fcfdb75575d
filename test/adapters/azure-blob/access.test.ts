import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StorageSharedKeyCredential } from '@azure/storage-blob';
import { BlobServiceClient, ContainerSASPermissions, generateBlobSASQueryParameters } from '@azure/storage-blob';
import { startAzurite, type Azurite } from '../../../sandbox/azurite';
import { createAzureBlobStore } from '../../../src/adapters/azure-blob/azure-blob-store';
import { collect } from '../../support/collect';

let directory: string;
let azurite: Azurite;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hubkeep-'));
  azurite = await startAzurite({ directory });
});

afterAll(async () => {
  await azurite?.close();
  await rm(directory, { recursive: true, force: true });
});

/** Azurite under its account URL, and a signature for one container only. */
function signed(container: string, permissions: string) {
  const { url, credential } = BlobServiceClient.fromConnectionString(azurite.connectionString);
  const values = {
    containerName: container,
    permissions: ContainerSASPermissions.parse(permissions),
    expiresOn: new Date(Date.now() + 3_600_000),
    version: '2019-07-07',
  };
  const sas = generateBlobSASQueryParameters(values, credential as StorageSharedKeyCredential).toString();
  return { accountUrl: url, sas };
}

test('a signature for one container works, with or without its question mark', async () => {
  await createAzureBlobStore(azurite, 'signed').ensure();
  const { accountUrl, sas } = signed('signed', 'rcwdl');
  for (const written of [sas, `?${sas}`]) {
    const store = createAzureBlobStore({ accountUrl, sas: written }, 'signed', { apiVersion: '2019-07-07' });
    await store.ensure();
    await store.put('a', Buffer.from('a'));
    expect(await collect(store.list(''))).toMatchObject([{ key: 'a', size: 1 }]);
  }
});

test('a signature without a permission is store.unauthorized and names the settings', async () => {
  await createAzureBlobStore(azurite, 'read-only').ensure();
  const store = createAzureBlobStore(signed('read-only', 'rl'), 'read-only');
  await store.ensure();
  const failure = { code: 'store.unauthorized', hint: expect.stringContaining('BACKUP_STORAGE_SAS') };
  await expect(store.put('a', Buffer.from('a'))).rejects.toMatchObject(failure);
});

test('a signature that may not create the missing container fails in ensure', async () => {
  const store = createAzureBlobStore(signed('nowhere', 'rcwdl'), 'nowhere');
  await expect(store.ensure()).rejects.toMatchObject({ code: 'store.unauthorized' });
});

test('a wrong account key is store.unauthorized and is not repeated', async () => {
  const key = Buffer.alloc(64, 7).toString('base64');
  const connectionString = azurite.connectionString.replace(/AccountKey=[^;]+/, `AccountKey=${key}`);
  const store = createAzureBlobStore({ connectionString }, 'hubkeep');
  const error = await store.ensure().catch((reason: Error) => reason);
  expect(error).toMatchObject({ code: 'store.unauthorized', hint: expect.stringContaining('BACKUP_STORAGE_CONNECTION_STRING') });
  expect((error as Error).message).not.toContain(key);
});

test('the location holds no credential', () => {
  const store = createAzureBlobStore(
    { accountUrl: 'https://backups.blob.local.azurestack.external', sas: 'sv=1&sig=secret' },
    'hubkeep',
  );
  expect(store.location).toBe('https://backups.blob.local.azurestack.external/hubkeep');
  expect(createAzureBlobStore(azurite, 'hubkeep').location).toBe(`http://127.0.0.1:${azurite.blobPort}/devstoreaccount1/hubkeep`);
});

test('a malformed connection string is config.invalid and is not repeated', () => {
  const open = () => createAzureBlobStore({ connectionString: 'AccountName=x;AccountKee=topsecret' }, 'hubkeep');
  expect(open).toThrow(expect.objectContaining({ code: 'config.invalid' }));
  expect(open).toThrow(expect.objectContaining({ message: expect.not.stringContaining('topsecret') }));
});

test('an account that nobody listens at is store.unavailable and names it', async () => {
  const port = await freePort();
  const connectionString = azurite.connectionString.replace(`:${azurite.blobPort}/`, `:${port}/`);
  const failure = { code: 'store.unavailable', retryable: true, message: expect.stringContaining(`127.0.0.1:${port}`) };
  await expect(createAzureBlobStore({ connectionString }, 'hubkeep').ensure()).rejects.toMatchObject(failure);
});

test('without ensure, a missing container is store.not-found', async () => {
  const store = createAzureBlobStore(azurite, 'never-made');
  await expect(store.put('a', Buffer.from('a'))).rejects.toMatchObject({ code: 'store.not-found' });
  await expect(collect(store.list(''))).rejects.toMatchObject({ code: 'store.not-found' });
});

test('a service that does not know the API version is config.invalid, and an older version works', async () => {
  const strict = await startAzurite({ directory: join(directory, 'strict'), checkApiVersion: true });
  try {
    const failure = {
      code: 'config.invalid',
      message: expect.stringMatching(/does not know the API version 20\d\d-\d\d-\d\d \(InvalidHeaderValue\)/),
      hint: expect.stringMatching(/STORAGE_API_VERSION.*2019-07-07.*2019-02-02.*2017-11-09/),
    };
    await expect(createAzureBlobStore(strict, 'hubkeep').ensure()).rejects.toMatchObject(failure);
    await expect(createAzureBlobStore(strict, 'hubkeep').put('a', Buffer.from('a'))).rejects.toMatchObject(failure);
    for (const apiVersion of ['2019-07-07', '2019-02-02', '2017-11-09']) {
      const store = createAzureBlobStore(strict, 'hubkeep', { apiVersion });
      await store.ensure();
      await store.put('a', Buffer.from(apiVersion), { sha256: 'aa' });
      expect((await store.read('a')).content.toString()).toBe(apiVersion);
    }
  } finally {
    await strict.close();
  }
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
