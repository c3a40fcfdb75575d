import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BlobServiceClient,
  ContainerSASPermissions,
  generateAccountSASQueryParameters,
  generateBlobSASQueryParameters,
  AccountSASPermissions,
  type BlockBlobClient,
  type ContainerClient,
  type StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { startAzurite, type Azurite } from '../../../sandbox/azurite';
import { createBlobDropFile } from '../../../src/adapters/azure-blob/blob-drop-file';
import type { AzureBlobAccount } from '../../../src/adapters/azure-blob/container-client';
import { toProblem } from '../../../src/errors/to-problem';
import { startFaultyProxy, type FaultyProxy } from '../../support/faulty-proxy';

const secret = '{"CANARY": 1}';
const name = 'east/SystemSecrets.JSON';
const directory = mkdtempSync(join(tmpdir(), 'hubkeep-'));
let azurite: Azurite;
let proxy: FaultyProxy;
let service: BlobServiceClient;
let client: ContainerClient;
let blob: BlockBlobClient;
let number = 0;

beforeAll(async () => {
  azurite = await startAzurite({ directory });
  proxy = await startFaultyProxy(azurite.blobPort);
  service = BlobServiceClient.fromConnectionString(azurite.connectionString);
});
beforeEach(async () => {
  proxy.decide(() => ({ kind: 'pass' }));
  client = service.getContainerClient(`drop${++number}`);
  await client.create();
  blob = client.getBlockBlobClient(name);
});
afterAll(async () => {
  await proxy.close();
  await azurite.close();
  rmSync(directory, { recursive: true, force: true });
});

const leave = (content: string) => blob.upload(content, Buffer.byteLength(content));
const proxied = () => ({ connectionString: azurite.connectionString.replace(`:${azurite.blobPort}/`, `:${proxy.port}/`) });
const open = (account: AzureBlobAccount = proxied(), apiVersion?: string) =>
  createBlobDropFile(account, { container: client.containerName, name }, { apiVersion });

const soon = () => new Date(Date.now() + 3_600_000);
const asAccount = (sas: string): AzureBlobAccount => ({ accountUrl: service.url, sas });

function containerSignature(permissions: string): AzureBlobAccount {
  const { containerName } = client;
  const values = { containerName, permissions: ContainerSASPermissions.parse(permissions), expiresOn: soon() };
  return asAccount(generateBlobSASQueryParameters(values, service.credential as StorageSharedKeyCredential).toString());
}

function accountSignature(): AzureBlobAccount {
  const values = {
    ...{ services: 'b', resourceTypes: 'sco', expiresOn: soon() },
    permissions: AccountSASPermissions.parse('rwdlc'),
  };
  return asAccount(generateAccountSASQueryParameters(values, service.credential as StorageSharedKeyCredential).toString());
}

/** Everything an error says, down to its first cause. */
async function failureOf(work: Promise<unknown>) {
  const error = await work.then(
    () => Promise.reject(new Error('expected a failure')),
    (reason: Error) => reason,
  );
  const problem = toProblem(error);
  expect(JSON.stringify([problem, String(error), error.stack])).not.toContain('CANARY');
  return { ...problem, retryable: (error as { retryable?: boolean }).retryable };
}

async function read(file = open(), maxBytes = 1000) {
  const drop = await file.read(maxBytes);
  if (drop === undefined) throw new Error('expected a drop');
  return drop;
}

describe('reading', () => {
  test('gives the content of the blob, by each way to open the account', async () => {
    await leave(secret);
    for (const account of [proxied(), accountSignature(), containerSignature('r')]) {
      expect((await read(open(account))).content.toString()).toBe(secret);
    }
    expect((await read(open(proxied(), '2019-07-07'))).content.toString()).toBe(secret);
    expect(open().location).toBe(`blob:${client.containerName}/${name}`);
  });

  test('gives nothing when the blob or its container is missing', async () => {
    expect(await open().read(1000)).toBeUndefined();
    await client.delete();
    expect(await open().read(1000)).toBeUndefined();
  });

  test('gives an empty blob as empty', async () => {
    await leave('');
    expect((await read()).content).toHaveLength(0);
  });

  test('refuses one that is too large without reading it, and takes one of just that size', async () => {
    await leave('x'.repeat(1001));
    const from = proxy.requests.length;
    expect(await failureOf(open().read(1000))).toMatchObject({
      code: 'secrets.too-large',
      message: expect.stringContaining('1000'),
      hint: expect.stringContaining('SystemSecrets.JSON'),
    });
    expect(proxy.requests.slice(from).map(({ method }) => method)).toEqual(['HEAD']);
    await leave('x'.repeat(1000));
    expect((await read()).content).toHaveLength(1000);
  });

  test('refuses one that grew between the look at its size and the reading, and reads no more than tells', async () => {
    await leave(secret);
    proxy.decide(({ method }) => ({ kind: 'pass', addHeaders: method === 'HEAD' ? { 'content-length': '10' } : {} }));
    const from = proxy.requests.length;
    expect(await failureOf(open().read(11))).toMatchObject({ code: 'secrets.too-large' });
    expect(proxy.requests.slice(from).find(({ method }) => method === 'GET')?.headers['x-ms-range']).toBe('bytes=0-11');
  });

  test('a blob that may not be read is secrets.unreadable, with the setting and the way out', async () => {
    await leave(secret);
    expect(await failureOf(open(containerSignature('l')).read(1000))).toMatchObject({
      code: 'secrets.unreadable',
      message: expect.stringMatching(/^SYSTEM_SECRETS_PATH blob:\S+ cannot be read \(store\.unauthorized\)/),
      hint: expect.stringContaining('BACKUP_STORAGE_SAS'),
      retryable: false,
    });
  });

  test('an account that is away is secrets.unreadable and may be tried again', async () => {
    proxy.decide(() => ({ kind: 'answer', status: 503, code: 'ServerBusy' }));
    expect(await failureOf(open().read(1000))).toMatchObject({ code: 'secrets.unreadable', retryable: true });
  });
});

describe('wiping', () => {
  test.each([undefined, '2019-07-07'])(
    'removes the blob that was read, with its snapshots, in version %s',
    async (apiVersion) => {
      await leave(secret);
      await blob.createSnapshot();
      await (await read(open(proxied(), apiVersion))).wipe();
      expect(await blob.exists()).toBe(false);
    },
  );

  test('works with an account signature', async () => {
    await leave(secret);
    await (await read(open(accountSignature()))).wipe();
    expect(await blob.exists()).toBe(false);
  });

  test('keeps a newer blob, even of equal content, and has nothing to do when it is gone', async () => {
    await leave(secret);
    const drop = await read();
    await leave(secret);
    await drop.wipe();
    expect(await blob.exists()).toBe(true);
    const newer = await read();
    await blob.delete();
    await newer.wipe();
  });

  test('a removal whose answer is lost is done', async () => {
    await leave(secret);
    const drop = await read();
    let lost = 0;
    proxy.decide(({ method }) => ({ kind: method === 'DELETE' && lost++ === 0 ? 'lose-answer' : 'pass' }));
    await drop.wipe();
    expect(lost).toBe(2);
    expect(await blob.exists()).toBe(false);
  });

  test('fails with secrets.not-wiped while somebody holds the blob', async () => {
    await leave(secret);
    const drop = await read();
    await blob.getBlobLeaseClient().acquireLease(-1);
    expect(await failureOf(drop.wipe())).toMatchObject({
      code: 'secrets.not-wiped',
      message: expect.stringContaining('LeaseIdMissing'),
      hint: expect.stringContaining('delete'),
    });
  });
});

describe('an account that would keep a wiped blob', () => {
  const isServiceProperties = (url = '') => url.includes('restype=service');

  afterEach(() => service.setProperties({ deleteRetentionPolicy: { enabled: false } }));

  /** Refused before and instead of wiping; the blob stays. */
  async function expectRefused(account: AzureBlobAccount, reason: RegExp, apiVersion?: string) {
    const file = open(account, apiVersion);
    const drop = await read(file);
    for (const failure of [await failureOf(file.ensureWipeable()), await failureOf(drop.wipe())]) {
      expect(failure).toMatchObject({
        code: 'secrets.unwipeable',
        message: expect.stringMatching(reason),
        hint: expect.stringContaining('SYSTEM_SECRETS_WIPE to false'),
      });
    }
    expect(await blob.exists()).toBe(true);
  }

  test('is refused for its soft delete, with or without a blob', async () => {
    await service.setProperties({ deleteRetentionPolicy: { enabled: true, days: 7 } });
    expect(await failureOf(open().ensureWipeable())).toMatchObject({ code: 'secrets.unwipeable' });
    await leave(secret);
    await expectRefused(proxied(), /deleted blobs for 7 days \(soft delete\)/);
    await service.setProperties({ deleteRetentionPolicy: { enabled: false } });
    await open().ensureWipeable();
  });

  test.each([
    ['in the newest version', undefined],
    ['in a version that does not tell of it', '2019-07-07'],
  ])('is refused for its versioning, spoken to %s', async (_how, apiVersion) => {
    await leave(secret);
    const tells = (version: unknown) => String(version) >= '2019-12-12';
    proxy.decide(({ headers }) => ({
      kind: 'pass',
      addHeaders: tells(headers['x-ms-version']) ? { 'x-ms-version-id': '2026-11-22T02:00:00.0000000Z' } : {},
    }));
    await expectRefused(proxied(), /earlier versions of blobs/, apiVersion);
  });

  test('is refused when it does not let its service properties be read', async () => {
    await leave(secret);
    await expectRefused(containerSignature('rd'), /cannot be told .*store\.unauthorized/);
  });

  test('is no such account when its service is too old for versioning, as on Azure Stack Hub', async () => {
    await leave(secret);
    proxy.decide(({ headers }) =>
      String(headers['x-ms-version']) > '2019-07-07'
        ? { kind: 'answer', status: 400, code: 'InvalidHeaderValue' }
        : { kind: 'pass' },
    );
    await (await read(open(proxied(), '2019-07-07'))).wipe();
    expect(await blob.exists()).toBe(false);
  });

  test('is not judged while it is away', async () => {
    proxy.decide(({ url }) =>
      isServiceProperties(url) ? { kind: 'answer', status: 503, code: 'ServerBusy' } : { kind: 'pass' },
    );
    expect(await failureOf(open().ensureWipeable())).toMatchObject({ code: 'store.unavailable', retryable: true });
  });
});
