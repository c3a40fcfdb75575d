import { open } from 'node:fs/promises';
import type { BackupReader, BackupWriter } from './media';

/** Throws what `open` throws. A backup that fails leaves the file as far as it was written. */
export async function openDiskWriter(path: string): Promise<BackupWriter> {
  const file = await open(path, 'w');
  let position = 0;
  return {
    async write(bytes) {
      await file.write(bytes, 0, bytes.length, position);
      position += bytes.length;
    },
    finish: () => file.close(),
    abandon: () => file.close().catch(() => undefined),
  };
}

export async function openDiskReader(path: string): Promise<BackupReader> {
  const file = await open(path, 'r');
  const { size } = await file.stat();
  return {
    size,
    async read(position, length) {
      const bytes = Buffer.alloc(length);
      const { bytesRead } = await file.read(bytes, 0, length, position);
      return bytes.subarray(0, bytesRead);
    },
    close: () => file.close(),
  };
}
