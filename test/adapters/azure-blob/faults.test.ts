import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAzurite, type Azurite } from '../../../sandbox/azurite';
import { createAzureBlobStore } from '../../../src/adapters/azure-blob/azure-blob-store';
import type { BlobStore } from '../../../src/ports/blob-store';
import { startFaultyProxy, type FaultyProxy } from '../../support/faulty-proxy';

let directory: string;
let azurite: Azurite;
let proxy: FaultyProxy;
let store: BlobStore;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hubkeep-'));
  azurite = await startAzurite({ directory });
  proxy = await startFaultyProxy(azurite.blobPort);
  store = createAzureBlobStore(throughProxy(), 'faults');
  await store.ensure();
});

beforeEach(() => proxy.decide(() => ({ kind: 'pass' })));

afterAll(async () => {
  await proxy?.close();
  await azurite?.close();
  await rm(directory, { recursive: true, force: true });
});

function throughProxy() {
  return { connectionString: azurite.connectionString.replace(`:${azurite.blobPort}/`, `:${proxy.port}/`) };
}

test('every upload carries its MD5, and blobs put in one request keep it', async () => {
  const from = proxy.requests.length;
  const content = randomBytes(200_000);
  await store.put('a', content);
  const [put] = proxy.requests.slice(from);
  const md5 = createHash('md5').update(content).digest('base64');
  expect(put!.headers).toMatchObject({ 'content-md5': md5, 'x-ms-blob-content-md5': md5 });
  const blocksFrom = proxy.requests.length;
  await store.putLarge('b', chunks(content), { blockSize: 64 * 1024 });
  const blocks = proxy.requests.slice(blocksFrom).filter(({ url }) => url!.includes('comp=block&'));
  expect(blocks.length).toBe(4);
  for (const { headers } of blocks) expect(headers['content-md5']).toMatch(/^[\w+/]{22}==$/);
});

test('content damaged on the way is refused by the service and may be tried again', async () => {
  proxy.decide(() => ({ kind: 'flip-bit' }));
  const failure = { code: 'store.unavailable', retryable: true, message: expect.stringContaining('Md5Mismatch') };
  await expect(store.put('damaged', randomBytes(1000))).rejects.toMatchObject(failure);
  await expect(store.putLarge('damaged', chunks(randomBytes(200_000)), { blockSize: 64 * 1024 })).rejects.toMatchObject(failure);
  proxy.decide(() => ({ kind: 'pass' }));
  await expect(store.stat('damaged')).rejects.toMatchObject({ code: 'store.not-found' });
});

test('a put with onlyIfAbsent whose answer is lost knows its own blob again', async () => {
  proxy.decide((_, number) => ({ kind: number === 1 ? 'lose-answer' : 'pass' }));
  const { etag } = await store.put('lost/put', Buffer.from('mine'), { onlyIfAbsent: true });
  expect(await store.read('lost/put')).toEqual({ content: Buffer.from('mine'), etag });
});

test('a put with ifMatch whose answer is lost knows its own blob again', async () => {
  const before = await store.put('lost/match', Buffer.from('1'));
  proxy.decide((_, number) => ({ kind: number === 1 ? 'lose-answer' : 'pass' }));
  const { etag } = await store.put('lost/match', Buffer.from('2'), { ifMatch: before.etag });
  expect(await store.read('lost/match')).toEqual({ content: Buffer.from('2'), etag });
});

test('the commit of a large blob whose answer is lost knows its own blob again', async () => {
  const content = randomBytes(200_000);
  let lost = 0;
  proxy.decide(({ url }) => ({ kind: url!.includes('comp=blocklist') && lost++ === 0 ? 'lose-answer' : 'pass' }));
  const { etag } = await store.putLarge('lost/large', chunks(content), { blockSize: 64 * 1024, onlyIfAbsent: true });
  expect(lost).toBe(2);
  expect(await store.read('lost/large')).toEqual({ content, etag });
});

test('a download that breaks off goes on where it was', async () => {
  const content = randomBytes(500_000);
  await store.put('cut', content);
  proxy.decide((_, number) => (number === 1 ? { kind: 'cut-answer', after: 123_456 } : { kind: 'pass' }));
  expect((await store.read('cut')).content.equals(content)).toBe(true);
});

test('a block that cannot be written fails the large put, and nothing is visible', async () => {
  proxy.decide(({ url }) =>
    url!.includes('comp=block&') ? { kind: 'answer', status: 403, code: 'AuthorizationFailure' } : { kind: 'pass' },
  );
  const failed = store.putLarge('refused', chunks(randomBytes(300_000)), { blockSize: 64 * 1024, parallel: 2 });
  await expect(failed).rejects.toMatchObject({ code: 'store.unauthorized', retryable: false });
  await expect(store.stat('refused')).rejects.toMatchObject({ code: 'store.not-found' });
});

test('a service that is busy throughout is store.unavailable and names the host', async () => {
  proxy.decide(() => ({ kind: 'answer', status: 503, code: 'ServerBusy' }));
  const from = proxy.requests.length;
  const failure = { code: 'store.unavailable', retryable: true, message: expect.stringContaining(`127.0.0.1:${proxy.port}`) };
  await expect(store.put('busy', Buffer.from('x'))).rejects.toMatchObject(failure);
  expect(proxy.requests.length - from).toBe(4);
});

test('a service that is busy once is tried again', async () => {
  proxy.decide((_, number) => (number === 1 ? { kind: 'answer', status: 503, code: 'ServerBusy' } : { kind: 'pass' }));
  await store.put('busy-once', Buffer.from('x'));
  expect(await store.stat('busy-once')).toMatchObject({ size: 1 });
});

async function* chunks(content: Buffer): AsyncGenerator<Buffer> {
  for (let start = 0; start < content.length; start += 10_000) yield content.subarray(start, start + 10_000);
}
