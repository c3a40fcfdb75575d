import { spawnSync } from 'node:child_process';
import { BlobServiceClient } from '@azure/storage-blob';
import type { Stage } from '../e2e/stage';

/** Every blob of every container; compressed ones unpacked too. */
export async function* blobsOf({ sandbox: { settings } }: Stage): AsyncGenerator<{ key: string; content: Buffer }> {
  const service = BlobServiceClient.fromConnectionString(settings['BACKUP_STORAGE_CONNECTION_STRING']!);
  for await (const { name: container } of service.listContainers()) {
    const client = service.getContainerClient(container);
    for await (const { name, metadata } of client.listBlobsFlat({ includeMetadata: true })) {
      const content = await client.getBlobClient(name).downloadToBuffer();
      yield { key: `${container}/${name} ${JSON.stringify(metadata)}`, content };
      if (name.endsWith('.zst')) yield { key: `${container}/${name}, unpacked`, content: unpacked(content) };
    }
  }
}

function unpacked(content: Buffer): Buffer {
  const { status, stdout } = spawnSync('zstd', ['-dc'], { input: content, maxBuffer: 1 << 30 });
  expect(status).toBe(0);
  return stdout;
}
