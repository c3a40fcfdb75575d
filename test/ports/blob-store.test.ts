import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAzurite, type Azurite } from '../../sandbox/azurite';
import { createAzureBlobStore } from '../../src/adapters/azure-blob/azure-blob-store';
import type { BlobStore } from '../../src/ports/blob-store';
import { createMemoryBlobStore } from '../support/memory-blob-store';
import { describeLargeBlobs } from './blob-store-large-suite';
import { describeBlobStore } from './blob-store-suite';

let azurite: Azurite;
let directory: string;
let azure: BlobStore;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hubkeep-'));
  azurite = await startAzurite({ directory });
  azure = createAzureBlobStore(azurite, 'suite');
});

afterAll(async () => {
  await azurite?.close();
  await rm(directory, { recursive: true, force: true });
});

describeBlobStore('Azure Blob Storage', () => azure);
describeLargeBlobs('Azure Blob Storage', () => azure);

const memory = createMemoryBlobStore();
describeBlobStore('memory', () => memory);
describeLargeBlobs('memory', () => memory);
