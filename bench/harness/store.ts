import { BlobServiceClient } from '@azure/storage-blob';
import { join } from 'node:path';
import { startAzurite } from '../../sandbox/azurite';
import type { AzureOperation } from './azure-operation';
import type { Context } from './context';
import { startCountingProxy, type CountingProxy } from './counting-proxy';
import { waitForPort } from './free-port';
import { remove } from './scratch';

export interface StoreOptions {
  /** Any free port unless given. */
  readonly port?: number;
  /** Counts what is asked of it under these names; such a store is slower. */
  readonly countAs?: (operation: AzureOperation) => string;
}

/** An empty Azurite on disk, of nobody else. */
export interface Store {
  readonly connectionString: string;
  /** The sum of the sizes of its blobs, as it lists them. */
  storedBytes(): Promise<number>;
  counts(): ReadonlyMap<string, number>;
  forgetCounts(): void;
  /** Its data goes too. */
  close(): Promise<void>;
}

let opened = 0;

export async function openStore(context: Context, { port, countAs }: StoreOptions = {}): Promise<Store> {
  if (port !== undefined) await waitForPort(port, context);
  const directory = join(context.work, `azurite-${opened++}`);
  const azurite = await startAzurite({ directory, ...(port === undefined || countAs ? {} : { blobPort: port }) });
  let proxy: CountingProxy | undefined;
  const close = async () => {
    await proxy?.close();
    await azurite.close();
    await remove(directory);
  };
  try {
    if (countAs) {
      proxy = await startCountingProxy({ target: azurite.blobPort, nameOf: countAs, ...(port === undefined ? {} : { port }) });
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    connectionString: azurite.connectionString.replace(`:${azurite.blobPort}/`, `:${proxy?.port ?? azurite.blobPort}/`),
    storedBytes: () => sizeOfBlobs(azurite.connectionString),
    counts: () => proxy?.counts() ?? new Map(),
    forgetCounts: () => proxy?.reset(),
    close,
  };
}

async function sizeOfBlobs(connectionString: string): Promise<number> {
  const service = BlobServiceClient.fromConnectionString(connectionString);
  let bytes = 0;
  for await (const { name } of service.listContainers()) {
    for await (const { properties } of service.getContainerClient(name).listBlobsFlat()) bytes += properties.contentLength ?? 0;
  }
  return bytes;
}
