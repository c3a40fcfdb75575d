import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AnonymousCredential, BlobServiceClient, ContainerClient } from '@azure/storage-blob';
import { startAzurite, type Azurite } from '../../../sandbox/azurite';
import { createCertificateAuthority, localNames } from '../../../sandbox/certificates';
import { createAzureBackupContainer } from '../../../src/adapters/azure-blob/azure-backup-container';
import { trustExtraCa } from '../../../src/adapters/extra-ca';
import { createSystemClock } from '../../../src/adapters/system-clock';
import { startFaultyProxy } from '../../support/faulty-proxy';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const clock = createSystemClock();
const directory = mkdtempSync(join(tmpdir(), 'hubkeep-'));
let azurite: Azurite;
let number = 0;

beforeAll(async () => {
  azurite = await startAzurite({ directory: join(directory, 'http') });
});
afterAll(async () => {
  await azurite.close();
  rmSync(directory, { recursive: true, force: true });
});

const soon = (ms = hourMs) => new Date(Date.now() + ms);
const open = (account: { connectionString: string } = azurite, apiVersion?: string) =>
  createAzureBackupContainer(account, `own${++number}-sql`, { clock, apiVersion });

/** As SQL Server would: by the address and the signature alone. */
const signedClient = (url: string, sas: string) => new ContainerClient(`${url}?${sas}`, new AnonymousCredential());

async function expectRights(container: { url: string }, sas: string) {
  expect(sas).toMatch(/^[^?]/);
  const signed = signedClient(container.url, sas);
  await signed.getBlockBlobClient('a.bak').upload('x', 1);
  const names: string[] = [];
  for await (const { name } of signed.listBlobsFlat()) names.push(name);
  expect(names).toEqual(['a.bak']);
  await signed.getBlockBlobClient('a.bak').upload('over it', 7);
  expect((await signed.getBlobClient('a.bak').downloadToBuffer()).toString()).toBe('over it');
  await signed.deleteBlob('a.bak');
}

test.each([undefined, '2019-07-07'])('an account key signs for this container alone, with version %s', async (apiVersion) => {
  const container = open(azurite, apiVersion);
  await container.prepare();
  await container.prepare();
  const until = soon();
  const sas = await container.sign(until);
  await expectRights(container, sas);
  const asked = new URLSearchParams(sas);
  expect(new Date(asked.get('se') ?? '').getTime()).toBe(Math.floor(until.getTime() / 1000) * 1000);
  if (apiVersion !== undefined) expect(asked.get('sv')).toBe(apiVersion);
  const elsewhere = await BlobServiceClient.fromConnectionString(azurite.connectionString).createContainer(`packs${number}`);
  await expect(signedClient(elsewhere.containerClient.url, sas).getBlockBlobClient('a').upload('x', 1)).rejects.toMatchObject({
    statusCode: 403,
  });
});

test('a signature to read does neither write nor delete', async () => {
  const container = open(azurite);
  await container.prepare();
  await container.blobs.put('a.bak', Buffer.from('x'));
  const signed = signedClient(container.url, await container.sign(soon(), 'read'));
  expect((await signed.getBlobClient('a.bak').downloadToBuffer()).toString()).toBe('x');
  for await (const { name } of signed.listBlobsFlat()) expect(name).toBe('a.bak');
  const refused = { statusCode: 403 };
  await expect(signed.getBlockBlobClient('b.bak').upload('x', 1)).rejects.toMatchObject(refused);
  await expect(signed.deleteBlob('a.bak')).rejects.toMatchObject(refused);
});

/** What Azurite looks at in a token; real ones come from Entra ID. */
function tokenFor(now = Math.floor(Date.now() / 1000)): string {
  const claims = {
    ...{ aud: 'https://storage.azure.com', iss: 'https://sts.windows.net/tenant/', oid: 'me', tid: 'tenant' },
    ...{ iat: now - 60, nbf: now - 60, exp: now + 3600 },
  };
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}.c2lnbmF0dXJl`;
}

test('an identity signs by a user delegation key, for a week at most', async () => {
  const authority = createCertificateAuthority();
  const { key, cert } = authority.issue(localNames);
  const file = (name: string, content: string) => {
    writeFileSync(join(directory, name), content);
    return join(directory, name);
  };
  const tls = { certFile: file('cert.pem', cert), keyFile: file('key.pem', key) };
  trustExtraCa(file('ca.pem', authority.caPem));
  const secure = await startAzurite({ directory: join(directory, 'https'), tls });
  try {
    const account = {
      accountUrl: `https://127.0.0.1:${secure.blobPort}/devstoreaccount1`,
      credential: { getToken: async () => ({ token: tokenFor(), expiresOnTimestamp: Date.now() + hourMs }) },
    };
    const container = createAzureBackupContainer(account, 'identity-sql', { clock });
    await container.prepare();
    const sas = await container.sign(soon(30 * dayMs));
    await expectRights(container, sas);
    const asked = new URLSearchParams(sas);
    expect(asked.get('skoid')).toBe('me');
    expect(asked.get('spr')).toBe('https');
    expect(new Date(asked.get('se') ?? '').getTime()).toBeLessThan(Date.now() + 7 * dayMs);
  } finally {
    await secure.close();
  }
});

test('a signature cannot make another', async () => {
  const container = createAzureBackupContainer({ accountUrl: 'https://a.blob.local', sas: 'sv=1&sig=secret' }, 'x-sql', {
    clock,
  });
  const error = await container.sign(soon()).catch((reason: Error) => reason);
  expect(error).toMatchObject({ code: 'sql.target-unusable', hint: expect.stringContaining('account key') });
  expect(JSON.stringify(error) + String(error)).not.toContain('secret');
});

describe('behind a proxy', () => {
  const immutable = 'x-ms-has-immutability-policy';
  const held = 'x-ms-has-legal-hold';
  const byVersion = 'x-ms-immutable-storage-with-versioning-enabled';

  async function prepareWith(addHeaders: Record<string, string>) {
    const proxy = await startFaultyProxy(azurite.blobPort);
    try {
      proxy.decide(() => ({ kind: 'pass', addHeaders }));
      const connectionString = azurite.connectionString.replace(`:${azurite.blobPort}/`, `:${proxy.port}/`);
      return await open({ connectionString }).prepare();
    } finally {
      await proxy.close();
    }
  }

  test.each([
    ['an immutability policy', { [immutable]: 'true', [held]: 'false' }],
    ['a legal hold', { [immutable]: 'false', [held]: 'true' }],
    ['a legal hold', { [immutable]: 'true', [held]: 'true', [byVersion]: 'true' }],
  ])('%s of the container is found before SQL Server stumbles over it', async (what, headers) => {
    await expect(prepareWith(headers)).rejects.toMatchObject({
      code: 'sql.target-unusable',
      message: expect.stringContaining(what),
      hint: expect.stringContaining('SQL_BACKUP_MODE=disk'),
    });
  });

  test('a version that may not be changed goes without its hash, and the backup is none the worse', async () => {
    const container = open();
    await container.prepare();
    const { etag } = await container.blobs.put('a.bak', Buffer.from('one'));
    const proxy = await startFaultyProxy(azurite.blobPort);
    const connectionString = azurite.connectionString.replace(`:${azurite.blobPort}/`, `:${proxy.port}/`);
    proxy.decide(() => ({ kind: 'answer', status: 409, code: 'BlobImmutableDueToPolicy' }));
    const held = createAzureBackupContainer({ connectionString }, `own${number}-sql`, { clock, apiVersion: undefined });
    await held.keepHash('a.bak', { etag, sha256: 'aa' });
    proxy.decide(() => ({ kind: 'answer', status: 409, code: 'BlobArchived' }));
    await expect(held.keepHash('a.bak', { etag, sha256: 'aa' })).rejects.toThrow('keep the hash of a.bak');
    await proxy.close();
  });

  test('policies of single versions are none of its business', async () => {
    await prepareWith({ [immutable]: 'true', [held]: 'false', [byVersion]: 'true' });
  });
});

test('a blob that a failed backup has leased is removed all the same', async () => {
  const container = open();
  await container.prepare();
  const blob = BlobServiceClient.fromConnectionString(azurite.connectionString)
    .getContainerClient(`own${number}-sql`)
    .getBlockBlobClient('a.bak');
  await blob.upload('', 0);
  await blob.getBlobLeaseClient().acquireLease(-1);
  await container.blobs.remove('a.bak');
  expect(await blob.exists()).toBe(false);
  await container.blobs.remove('a.bak');
});

test('the hash is kept beside the blob it was read from, and beside no other', async () => {
  const container = open();
  await container.prepare();
  const { etag } = await container.blobs.put('a.bak', Buffer.from('one'));
  await container.keepHash('a.bak', { etag, sha256: 'aa' });
  expect(await container.blobs.stat('a.bak')).toMatchObject({ sha256: 'aa', size: 3 });
  await expect(container.keepHash('a.bak', { etag, sha256: 'bb' })).rejects.toMatchObject({ code: 'store.precondition-failed' });
});
