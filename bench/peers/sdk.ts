import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openStore } from '../harness/store';
import type { Context } from '../harness/context';
import type { Measured } from '../harness/measure';
import type { Peer } from './peer';

const program = join(__dirname, '..', 'programs', 'sdk-transfer.js');

/** The storage SDK's own way to move one file in parallel blocks, as a program of its own. */
export function sdkTransfer(upload: 'uploadFile' | 'uploadStream', file: string): Peer {
  return {
    name: `SDK ${upload}`,
    async open(context) {
      const store = await openStore(context);
      const run = (...words: readonly string[]) => runTransfer(context, store.connectionString, words);
      return {
        backUp: (tree) => run(upload, join(tree, file)),
        async restore(target) {
          await mkdir(target);
          return run('downloadToFile', join(target, file));
        },
        storedBytes: store.storedBytes,
        transactions: store.counts,
        close: store.close,
      };
    },
  };
}

/** The least that sending so many bytes can take: nothing but single Put Blobs of 16 MiB, four at once. */
export async function measurePutBlobs(context: Context, bytes: number): Promise<Measured> {
  const store = await openStore(context);
  try {
    return await runTransfer(context, store.connectionString, ['putBlobs', String(bytes)]);
  } finally {
    await store.close();
  }
}

function runTransfer(context: Context, connectionString: string, words: readonly string[]): Promise<Measured> {
  return context.measure({
    argv: [process.execPath, program, ...words],
    env: { PATH: process.env['PATH'], STORE_CONNECTION_STRING: connectionString },
  });
}
