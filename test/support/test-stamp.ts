import { startAzurite } from '../../sandbox/azurite';
import { startStorageFront } from '../../sandbox/azure-stack-hub/storage-front';
import type { StampLogin } from '../../sandbox/azure-stack-hub/stamp';

/** How the end-to-end tests run as the jest project `azure-stack-hub`: before storage, vault and sign-in of a stamp. */
export const asStamp: StampLogin | undefined = process.env['HUBKEEP_TEST_STAMP'] === 'adfs' ? 'adfs' : undefined;

export interface TestStorage {
  /** Takes everything; for tests to look with. */
  readonly direct: { readonly connectionString: string };
  /** Where the program's requests go. */
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Azurite, and what the program is to reach it by: itself, or storage of a stamp before it. */
export async function startTestStorage(directory: string): Promise<TestStorage> {
  const azurite = await startAzurite({ directory });
  const { connectionString, blobPort } = azurite;
  if (asStamp === undefined) {
    const settings = { BACKUP_STORAGE_CONNECTION_STRING: connectionString };
    return { direct: azurite, port: blobPort, settings, close: () => azurite.close() };
  }
  const front = await startStorageFront(blobPort);
  return {
    direct: azurite,
    port: front.port,
    settings: {
      // Nothing but the store is reached, so that it need not be there.
      AZURE_STACK_ARM_ENDPOINT: 'https://management.north.contoso.example',
      BACKUP_STORAGE_CONNECTION_STRING: connectionString.replaceAll(`:${blobPort}/`, `:${front.port}/`),
    },
    async close() {
      await front.close();
      await azurite.close();
    },
  };
}
