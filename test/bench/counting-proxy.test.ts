import { BlobServiceClient } from '@azure/storage-blob';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { azureOperation } from '../../bench/harness/azure-operation';
import { startCountingProxy, type CountingProxy } from '../../bench/harness/counting-proxy';
import { countAs } from '../../bench/peers/hubkeep';
import { startAzurite, type Azurite } from '../../sandbox/azurite';

const directory = mkdtempSync(join(tmpdir(), 'hubkeep-count-'));
let azurite: Azurite;
let proxy: CountingProxy;

beforeAll(async () => {
  azurite = await startAzurite({ directory });
  proxy = await startCountingProxy({ target: azurite.blobPort, nameOf: countAs });
});

afterAll(async () => {
  await proxy.close();
  await azurite.close();
  rmSync(directory, { recursive: true });
});

test('every request is counted by what it asks for, and passes unchanged', async () => {
  const connection = azurite.connectionString.replace(`:${azurite.blobPort}/`, `:${proxy.port}/`);
  const container = BlobServiceClient.fromConnectionString(connection).getContainerClient('counted');
  await container.create();
  await container.getBlockBlobClient('packs/run/a b.tar.zst').upload('content', 7);
  await container.getBlockBlobClient('locks/run.json').upload('{}', 2);
  await container.getBlockBlobClient('locks/run.json').upload('{}', 2);
  await container.getBlockBlobClient('runs/r/cancel.json').exists();
  const blob = container.getBlockBlobClient('hubkeep.json');
  await blob.stageBlock('AAAA', 'ab', 2);
  await blob.commitBlockList(['AAAA']);
  for await (const { name } of container.listBlobsFlat({ prefix: 'packs/' })) expect(name).toBe('packs/run/a b.tar.zst');

  expect((await container.getBlobClient('packs/run/a b.tar.zst').downloadToBuffer()).toString()).toBe('content');
  expect(Object.fromEntries(proxy.counts())).toEqual({
    'Create Container (new repository)': 1,
    'Put Blob (packs/)': 1,
    'Put Blob (run lock)': 2,
    'Get Blob Properties (look for a cancel)': 1,
    'Put Block (hubkeep.json)': 1,
    'Put Block List (hubkeep.json)': 1,
    'List Blobs (packs/)': 1,
    'Get Blob Properties (packs/)': 1,
    'Get Blob (packs/)': 1,
  });

  proxy.reset();
  expect(proxy.counts().size).toBe(0);
});

test('an unknown request keeps its own words', () => {
  expect(azureOperation({ method: 'PUT', url: '/account/container/blob?comp=seal', headers: {} })).toEqual({
    operation: 'PUT blob seal',
    name: 'blob',
  });
});
