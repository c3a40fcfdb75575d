import {
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  SASProtocol,
  StorageSharedKeyCredential,
  type BlobSASSignatureValues,
  type BlobServiceClient,
  type ContainerClient,
} from '@azure/storage-blob';
import { HubkeepError, codeOf } from '../../errors/hubkeep-error';
import type { BackupContainer } from '../../ports/backup-container';
import type { Clock } from '../../ports/clock';
import { createAzureBlobStore, type AzureBlobStoreOptions } from './azure-blob-store';
import { openService, type AzureBlobAccount } from './container-client';
import { serviceCodeOf, translateStoreError } from './translate-error';

export interface AzureBackupContainerOptions extends AzureBlobStoreOptions {
  readonly clock: Clock;
}

/** What SQL Server asks of its credential: a failed backup takes away what it wrote. */
const permissions = {
  write: ContainerSASPermissions.from({ read: true, write: true, delete: true, list: true }),
  read: ContainerSASPermissions.from({ read: true, list: true }),
};
/** Keys of an identity, and with them its signatures, live no longer. */
const longestKeyMs = 7 * 24 * 3_600_000;
/** The clocks of this machine and of the service may differ by this much. */
const skewMs = 5 * 60_000;

/** Makes no request before it is used. A malformed account throws `config.invalid`. */
export function createAzureBackupContainer(
  account: AzureBlobAccount,
  container: string,
  { clock, ...options }: AzureBackupContainerOptions,
): BackupContainer {
  const service = openService(account, options.apiVersion);
  const client = service.getContainerClient(container);
  const store = createAzureBlobStore(account, container, options);
  const { location } = store;

  async function translated<T>(doing: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw translateStoreError(error, { doing, location });
    }
  }

  return {
    url: location,
    blobs: { ...store, remove: (key) => translated(`remove ${key}`, () => removeLeased(client, key)) },
    async prepare() {
      await store.ensure();
      const found = await translated('read the properties of the container', () => client.getProperties());
      refuseImmutable(found, location);
    },
    async sign(until, rights = 'write') {
      const values: BlobSASSignatureValues = {
        containerName: container,
        permissions: permissions[rights],
        protocol: location.startsWith('https:') ? SASProtocol.Https : SASProtocol.HttpsAndHttp,
        expiresOn: until,
        ...(options.apiVersion === undefined ? {} : { version: options.apiVersion }),
      };
      if (service.credential instanceof StorageSharedKeyCredential)
        return generateBlobSASQueryParameters(values, service.credential).toString();
      if ('sas' in account) throw cannotSign(location);
      return signByIdentity(service, values, { location, now: clock.now() });
    },
    async keepHash(key, { etag, sha256 }) {
      try {
        await client.getBlobClient(key).setMetadata({ sha256 }, { conditions: { ifMatch: etag } });
      } catch (error) {
        // A version that a policy protects keeps the metadata it has.
        if (serviceCodeOf(error) === 'BlobImmutableDueToPolicy') return;
        throw translateStoreError(error, { doing: `keep the hash of ${key}`, location });
      }
    },
  };
}

interface Immutability {
  readonly hasImmutabilityPolicy?: boolean;
  readonly hasLegalHold?: boolean;
  readonly isImmutableStorageWithVersioningEnabled?: boolean;
}

/** SQL Server first makes an empty blob and fills it later; policies of single versions of a blob do not mind. */
function refuseImmutable(found: Immutability, location: string): void {
  const {
    hasImmutabilityPolicy = false,
    hasLegalHold = false,
    isImmutableStorageWithVersioningEnabled: byVersion = false,
  } = found;
  if (!hasLegalHold && (!hasImmutabilityPolicy || byVersion)) return;
  const what = hasLegalHold ? 'a legal hold' : 'an immutability policy';
  throw new HubkeepError('sql.target-unusable', `${location} has ${what}, and SQL Server cannot back up into it`, {
    hint: 'SQL Server makes an empty blob and writes over it. Take the policy from this container (version-level immutability is no hindrance), or set SQL_BACKUP_MODE=disk.',
  });
}

async function signByIdentity(
  service: BlobServiceClient,
  values: BlobSASSignatureValues & { readonly expiresOn?: Date },
  { location, now }: { readonly location: string; readonly now: Date },
): Promise<string> {
  const latest = new Date(now.getTime() + longestKeyMs - skewMs);
  const expiresOn = values.expiresOn !== undefined && values.expiresOn < latest ? values.expiresOn : latest;
  try {
    const key = await service.getUserDelegationKey(new Date(now.getTime() - skewMs), expiresOn);
    return generateBlobSASQueryParameters({ ...values, expiresOn }, key, service.accountName).toString();
  } catch (error) {
    const translated = translateStoreError(error, { doing: 'get a user delegation key', location });
    if (codeOf(translated) !== 'store.unauthorized') throw translated;
    throw new HubkeepError('sql.target-unusable', translated.message, {
      hint: 'The identity needs the roles Storage Blob Delegator on the account and Storage Blob Data Contributor on the container.',
      cause: error,
    });
  }
}

function cannotSign(location: string): HubkeepError {
  return new HubkeepError('sql.target-unusable', `SQL Server can be given no signature for ${location}`, {
    hint: 'A shared access signature cannot make another: set BACKUP_STORAGE_CONNECTION_STRING with an account key, give the host an identity, or set SQL_BACKUP_MODE=disk.',
  });
}

async function removeLeased(client: ContainerClient, key: string): Promise<void> {
  const blob = client.getBlobClient(key);
  try {
    await blob.deleteIfExists({ deleteSnapshots: 'include' });
  } catch (error) {
    if (serviceCodeOf(error) !== 'LeaseIdMissing') throw error;
    await blob.getBlobLeaseClient().breakLease(0);
    await blob.deleteIfExists({ deleteSnapshots: 'include' });
  }
}
