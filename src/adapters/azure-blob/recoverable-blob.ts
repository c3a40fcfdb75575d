import { codeOf, HubkeepError } from '../../errors/hubkeep-error';
import { openService, type AzureBlobAccount } from './container-client';
import { translateStoreError } from './translate-error';

export interface BlobToWipe {
  readonly container: string;
  readonly name: string;
  readonly apiVersion: string | undefined;
}

/** The service version from which on an answer tells of versions of blobs. */
const tellsVersions = '2019-12-12';

const keepNothing =
  'If nothing else relies on blob versioning and soft delete, switch both off for this storage account; otherwise set SYSTEM_SECRETS_PATH to a local path, or SYSTEM_SECRETS_WIPE to false.';
const letTell =
  'Open the account by its key, by an account signature with read on the service (srt with s), or by an identity that has Microsoft.Storage/storageAccounts/blobServices/read; or set SYSTEM_SECRETS_PATH to a local path, or SYSTEM_SECRETS_WIPE to false.';

/**
 * Makes sure that a blob is gone once it is deleted. Throws `secrets.unwipeable` where the account would keep it or does
 * not tell, and as the store does when the account is away.
 *
 * A blob written before versioning was switched on carries no version, so that it cannot be seen here.
 */
export async function ensureUnrecoverable(account: AzureBlobAccount, blob: BlobToWipe): Promise<void> {
  await refuseSoftDelete(account, blob);
  await refuseVersions(account, blob);
}

async function refuseSoftDelete(account: AzureBlobAccount, blob: BlobToWipe): Promise<void> {
  const policy = await retentionOf(account, blob);
  if (policy?.enabled !== true) return;
  const days = policy.days === undefined ? '' : ` for ${policy.days} days`;
  throw unwipeable(blob, { reason: `its storage account keeps deleted blobs${days} (soft delete)`, hint: keepNothing });
}

async function retentionOf(account: AzureBlobAccount, blob: BlobToWipe) {
  const service = openService(account, blob.apiVersion);
  const { origin, pathname } = new URL(service.url);
  const untold = 'it cannot be told whether its storage account keeps deleted blobs (soft delete)';
  try {
    // A service that does not know soft delete has no policy to name.
    return (await service.getProperties()).deleteRetentionPolicy;
  } catch (error) {
    const why = translateStoreError(error, { doing: 'read the service properties', location: origin + pathname });
    if (why.retryable) throw why;
    throw unwipeable(blob, {
      reason: `${untold}, for its service properties cannot be read (${why.code})`,
      hint: letTell,
      cause: why,
    });
  }
}

async function refuseVersions(account: AzureBlobAccount, blob: BlobToWipe): Promise<void> {
  const { apiVersion } = blob;
  const isTooOld = apiVersion !== undefined && apiVersion < tellsVersions;
  const container = openService(account, isTooOld ? tellsVersions : apiVersion).getContainerClient(blob.container);
  const { origin, pathname } = new URL(container.url);
  try {
    const { versionId } = await container.getBlobClient(blob.name).getProperties();
    if (versionId === undefined) return;
  } catch (error) {
    const why = translateStoreError(error, { doing: `read the properties of ${blob.name}`, location: origin + pathname });
    if (codeOf(why) === 'store.not-found') return;
    // A service that does not know that version of the protocol has no versions of blobs, as on Azure Stack Hub.
    if (isTooOld && codeOf(why) === 'config.invalid') return;
    throw why;
  }
  throw unwipeable(blob, { reason: 'its storage account keeps earlier versions of blobs (versioning)', hint: keepNothing });
}

function unwipeable({ container, name }: BlobToWipe, why: { reason: string; hint: string; cause?: unknown }): HubkeepError {
  const { reason, hint, cause } = why;
  const message = `SYSTEM_SECRETS_PATH blob:${container}/${name} is not wiped, since it would stay recoverable: ${reason}.`;
  return new HubkeepError('secrets.unwipeable', message, { hint, cause });
}
