/**
 * `node staged-upload.js hubkeep | sdk DIRECTORY NAME`: uploads one staged backup into the store of STORE_CONNECTION_STRING, the
 * way a night does it or by the storage SDK's own parallel upload, in blocks of the same size, as many at once.
 */
import { BlobServiceClient } from '@azure/storage-blob';
import { join } from 'node:path';
import { createAzureBlobStore } from '../../src/adapters/azure-blob/azure-blob-store';
import { defaultBlocks } from '../../src/adapters/azure-blob/upload-large-blob';
import { createLocalStaging } from '../../src/adapters/local-staging/create-local-staging';
import { uploadStagedBackup } from '../../src/databases/upload-staged-backup';

const connectionString = process.env['STORE_CONNECTION_STRING'] ?? '';
const container = 'staged';
const key = 'databases/bench.bak';

const uploads: Readonly<Record<string, (directory: string, name: string) => Promise<void>>> = {
  async hubkeep(directory, name) {
    const store = createAzureBlobStore({ connectionString }, container);
    await store.ensure();
    await uploadStagedBackup(store, await createLocalStaging(() => directory).open('', name), { key });
  },
  async sdk(directory, name) {
    const client = BlobServiceClient.fromConnectionString(connectionString).getContainerClient(container);
    await client.createIfNotExists();
    const blocks = { blockSize: defaultBlocks.size, concurrency: defaultBlocks.parallel };
    await client.getBlockBlobClient(key).uploadFile(join(directory, name), blocks);
  },
};

async function main([who = '', directory = '', name = '']: readonly string[]): Promise<void> {
  const upload = uploads[who];
  if (!upload) throw new Error(`there is no upload ${who}`);
  await upload(directory, name);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
