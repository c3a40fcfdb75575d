import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStorageFront, type StorageFront } from '../../sandbox/azure-stack-hub/storage-front';
import { startAzurite, type Azurite } from '../../sandbox/azurite';
import { createAzureBlobStore } from '../../src/adapters/azure-blob/azure-blob-store';
import type { BlobStore } from '../../src/ports/blob-store';
import { createMemoryBlobStore } from '../support/memory-blob-store';
import { describeLargeBlobs } from './blob-store-large-suite';
import { describeBlobStore } from './blob-store-suite';

let azurite: Azurite;
let directory: string;
let azure: BlobStore;
let front: StorageFront;
let stamp: BlobStore;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hubkeep-'));
  azurite = await startAzurite({ directory });
  azure = createAzureBlobStore(azurite, 'suite');
  front = await startStorageFront(azurite.blobPort);
  const connectionString = azurite.connectionString.replaceAll(`:${azurite.blobPort}/`, `:${front.port}/`);
  stamp = createAzureBlobStore({ connectionString }, 'stamp', { apiVersion: '2019-07-07' });
});

afterAll(async () => {
  await front?.close();
  await azurite?.close();
  await rm(directory, { recursive: true, force: true });
});

describeBlobStore('Azure Blob Storage', () => azure);
describeLargeBlobs('Azure Blob Storage', () => azure);

describeBlobStore('Azure Stack Hub', () => stamp);
describeLargeBlobs('Azure Stack Hub', () => stamp);

test('storage of a stamp refused nothing of it', () => {
  expect(front.refusals).toEqual([]);
});

const memory = createMemoryBlobStore();
describeBlobStore('memory', () => memory);
describeLargeBlobs('memory', () => memory);
