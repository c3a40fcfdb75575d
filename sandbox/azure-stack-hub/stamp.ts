import { randomUUID } from 'node:crypto';
import type { Azurite } from '../azurite';
import type { ServerCertificate } from '../certificates';
import type { Identity } from '../identity/start-identity';
import type { KeyVaultOptions } from '../key-vault/start-key-vault';
import { startArm } from './start-arm';
import { startStorageFront, type StorageFront } from './storage-front';

/** How a stamp signs in. */
export type StampLogin = 'entra' | 'adfs';

/** What a vault of a stamp is like: old versions, and tokens for what does not lie in its own domain. */
export function vaultOfStamp(login: StampLogin): Pick<KeyVaultOptions, 'apiVersions' | 'resource'> {
  const host = login === 'adfs' ? 'vault.adfs.sandbox.example' : 'vault.sandbox.example';
  return { apiVersions: ['2016-10-01', '7.0', '7.1'], resource: `https://${host}/${randomUUID()}` };
}

export interface StampParts {
  readonly login: StampLogin;
  readonly tls: ServerCertificate;
  readonly identity: Identity;
  readonly azurite: Azurite;
}

export interface Stamp {
  readonly storage: StorageFront;
  /** What an operator of a stamp sets: neither versions nor an authority among them. */
  readonly settings: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Azure Resource Manager and storage of a pretend Azure Stack Hub before an Azurite. */
export async function openStamp({ login, tls, identity, azurite }: StampParts): Promise<Stamp> {
  const storage = await startStorageFront(azurite.blobPort);
  const arm = await startArm({
    tls,
    loginEndpoint: `${identity.url}/${login === 'adfs' ? 'adfs' : ''}`,
    audience: `https://management.sandbox.example/${randomUUID()}`,
  });
  return {
    storage,
    settings: {
      AZURE_STACK_ARM_ENDPOINT: arm.url,
      BACKUP_STORAGE_CONNECTION_STRING: azurite.connectionString.replaceAll(`:${azurite.blobPort}/`, `:${storage.port}/`),
      // The pretend Entra ID cannot be looked up in public Azure. That AD FS cannot, Hubkeep knows.
      ...(login === 'entra' ? { IDENTITY_INSTANCE_DISCOVERY: 'false' } : {}),
    },
    close: async () => void (await Promise.all([storage.close(), arm.close()])),
  };
}
