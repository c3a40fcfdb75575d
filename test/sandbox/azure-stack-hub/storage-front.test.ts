import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient, newPipeline, type BlockBlobClient } from '@azure/storage-blob';
import { startStorageFront, type StorageFront } from '../../../sandbox/azure-stack-hub/storage-front';
import { refusalOf } from '../../../sandbox/azure-stack-hub/storage-rules';
import { startAzurite, type Azurite } from '../../../sandbox/azurite';

let directory: string;
let azurite: Azurite;
let front: StorageFront;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'hubkeep-front-'));
  azurite = await startAzurite({ directory });
  front = await startStorageFront(azurite.blobPort);
});
afterAll(async () => {
  await front.close();
  await azurite.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Microsoft's own client, speaking a version that is not its own. */
function serviceAt(port: number, version?: string): BlobServiceClient {
  const connectionString = azurite.connectionString.replaceAll(`:${azurite.blobPort}/`, `:${port}/`);
  const { url, credential } = BlobServiceClient.fromConnectionString(connectionString);
  const pipeline = newPipeline(credential, { retryOptions: { maxTries: 1 } });
  pipeline.factories.unshift({
    create: (next) => ({
      sendRequest(request) {
        if (version !== undefined) request.headers.set('x-ms-version', version);
        return next.sendRequest(request);
      },
    }),
  });
  return new BlobServiceClient(url, pipeline);
}

const on = (service: BlobServiceClient, blob = 'a') => service.getContainerClient('front').getBlockBlobClient(blob);

async function made(): Promise<BlockBlobClient> {
  const service = serviceAt(front.port, '2019-07-07');
  await service.getContainerClient('front').createIfNotExists();
  const blob = on(service);
  await blob.upload('kept', 4);
  return blob;
}

test('what a stamp knows passes, and is answered in the version asked for', async () => {
  const blob = await made();
  const answer = await blob.download();
  expect(answer.version).toBe('2019-07-07');
  expect((await blob.downloadToBuffer()).toString()).toBe('kept');
});

test.each(['2019-12-12', '2020-10-02', undefined])(
  'version %s is not known, and the answer names the header',
  async (version) => {
    await expect(on(serviceAt(front.port, version)).upload('x', 1)).rejects.toMatchObject({
      ...{ statusCode: 400, code: 'InvalidHeaderValue' },
      details: { HeaderName: 'x-ms-version' },
    });
  },
);

test.each<[string, (blob: BlockBlobClient) => Promise<unknown>]>([
  ['tags', (blob) => blob.setTags({ stamp: 'north' })],
  ['tags at an upload', (blob) => blob.upload('x', 1, { tags: { stamp: 'north' } })],
  ['tiers', (blob) => blob.setAccessTier('Cool')],
  ['tiers at an upload', (blob) => blob.upload('x', 1, { tier: 'Cool' })],
  ['copies from a URL in one step', (blob) => blob.syncCopyFromURL(`${blob.url}?x`)],
  ['conditions on tags', (blob) => blob.download(0, 1, { conditions: { tagConditions: "stamp = 'north'" } })],
  ['immutability', (blob) => blob.setLegalHold(true)],
])('%s are refused', async (_what, use) => {
  await expect(use(await made())).rejects.toMatchObject({ statusCode: 400 });
});

test('tokens are refused', async () => {
  const answer = await fetch(`http://127.0.0.1:${front.port}/devstoreaccount1?comp=list`, {
    headers: { authorization: 'Bearer abc', 'x-ms-version': '2019-07-07' },
  });
  expect([answer.status, answer.headers.get('x-ms-error-code')]).toEqual([403, 'AuthenticationFailed']);
});

const put = (query: string, size: number, blob = 'a') =>
  refusalOf({ method: 'PUT', url: `/account/container/${blob}?${query}`, headers: { 'content-length': String(size) } })?.code;
const mebibyte = 1024 * 1024;

test('blocks, blobs and names have the limits of a stamp', () => {
  expect(put('comp=block&blockid=AA', 100 * mebibyte)).toBeUndefined();
  expect(put('comp=block&blockid=AA', 100 * mebibyte + 1)).toBe('RequestBodyTooLarge');
  expect(put('', 256 * mebibyte)).toBeUndefined();
  expect(put('', 256 * mebibyte + 1)).toBe('RequestBodyTooLarge');
  expect(put('', 1, 'n'.repeat(880))).toBeUndefined();
  expect(put('', 1, 'n'.repeat(881))).toBe('InvalidResourceName');
});

test('a signature made for a newer version is no good', () => {
  const refusal = (version: string) => refusalOf({ method: 'GET', url: `/a/c/b?sv=${version}&sig=abc`, headers: {} })?.code;
  expect([refusal('2019-07-07'), refusal('2026-04-06')]).toEqual([undefined, 'AuthenticationFailed']);
});

test('lists hold nothing that a stamp does not tell', async () => {
  await made();
  const tiers = async (port: number) => {
    const tierOf = [];
    for await (const { properties } of serviceAt(port, '2019-07-07').getContainerClient('front').listBlobsFlat())
      tierOf.push(properties.accessTier);
    return tierOf;
  };
  expect(await tiers(azurite.blobPort)).toEqual(['Hot']);
  expect(await tiers(front.port)).toEqual([undefined]);
});
