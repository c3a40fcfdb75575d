/**
 * `node sdk-transfer.js uploadFile FILE | uploadStream FILE | downloadToFile FILE | putBlobs BYTES`, into and out of the store
 * of STORE_CONNECTION_STRING, with the storage SDK's own settings.
 */
import { BlobServiceClient } from '@azure/storage-blob';
import { randomFillSync } from 'node:crypto';
import { createReadStream } from 'node:fs';

const singleBytes = 16 * 1024 * 1024;
const atOnce = 4;

const service = BlobServiceClient.fromConnectionString(process.env['STORE_CONNECTION_STRING'] ?? '');
const container = service.getContainerClient('transfer');
const blob = container.getBlockBlobClient('file');

const transfers: Readonly<Record<string, (what: string) => Promise<unknown>>> = {
  uploadFile: (file) => blob.uploadFile(file),
  uploadStream: (file) => blob.uploadStream(createReadStream(file)),
  downloadToFile: (file) => blob.downloadToFile(file),
  putBlobs: (bytes) => putBlobs(Number(bytes)),
};

async function putBlobs(bytes: number): Promise<void> {
  const content = randomFillSync(Buffer.allocUnsafe(singleBytes));
  let sent = 0;
  const sendSome = async () => {
    while (sent < bytes) {
      const from = sent;
      const size = Math.min(singleBytes, bytes - from);
      sent += size;
      await container.getBlockBlobClient(`blob-${from}`).upload(content.subarray(0, size), size);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, sendSome));
}

async function main([name = '', what = '']: readonly string[]): Promise<void> {
  const transfer = transfers[name];
  if (!transfer) throw new Error(`there is no transfer ${name}`);
  if (name !== 'downloadToFile') await container.createIfNotExists();
  await transfer(what);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
