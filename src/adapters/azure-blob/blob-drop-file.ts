import type { BlobClient } from '@azure/storage-blob';
import { codeOf, HubkeepError } from '../../errors/hubkeep-error';
import type { DropFile } from '../../ports/drop-file';
import { createAzureBlobStore, type AzureBlobStoreOptions } from './azure-blob-store';
import { openContainer, type AzureBlobAccount } from './container-client';
import { ensureUnrecoverable } from './recoverable-blob';
import { translateStoreError } from './translate-error';

export interface BlobPlace {
  readonly container: string;
  readonly name: string;
}

/** A blob in a container of its own. Makes no request before it is used. */
export function createBlobDropFile(
  account: AzureBlobAccount,
  { container, name }: BlobPlace,
  options: AzureBlobStoreOptions = {},
): DropFile {
  const location = `blob:${container}/${name}`;
  const store = createAzureBlobStore(account, container, options);
  const blob = openContainer(account, container, options.apiVersion).getBlobClient(name);

  async function readAtMost(maxBytes: number) {
    const { size, lastModified: modifiedAt } = await store.stat(name);
    refuseLarge(size, maxBytes);
    // The blob may have been replaced since: no more is read than a byte that tells.
    const { content, etag } = await store.read(name, { offset: 0, length: maxBytes + 1 });
    refuseLarge(content.length, maxBytes);
    return { content, etag, modifiedAt };
  }

  function refuseLarge(size: number, maxBytes: number): void {
    if (size <= maxBytes) return;
    throw new HubkeepError(
      'secrets.too-large',
      `SYSTEM_SECRETS_PATH ${location} is larger than the ${maxBytes} bytes that can be kept.`,
      {
        hint: 'Check that it is the SystemSecrets.JSON downloaded from the admin portal and not another file.',
      },
    );
  }

  const ensureWipeable = () => ensureUnrecoverable(account, { container, name, apiVersion: options.apiVersion });

  return {
    location,
    ensureWipeable,
    async read(maxBytes) {
      try {
        const { content, etag, modifiedAt } = await readAtMost(maxBytes);
        const wipe = async () => {
          // The blob may have come, or the account have been changed, after the first look.
          await ensureWipeable();
          await removeVersion(blob, etag, location);
        };
        return { content, modifiedAt, wipe };
      } catch (error) {
        if (codeOf(error) === 'secrets.too-large') throw error;
        if (codeOf(error) === 'store.not-found') return undefined;
        throw unreadable(translateStoreError(error, { doing: `read ${name}`, location: store.location }), location);
      }
    },
  };
}

/** Of a blob that was replaced since, nothing is removed. */
async function removeVersion(blob: BlobClient, etag: string, location: string): Promise<void> {
  try {
    await blob.delete({ conditions: { ifMatch: etag }, deleteSnapshots: 'include' });
  } catch (error) {
    const { code, statusCode } = error as { code?: unknown; statusCode?: number };
    if (code === 'ConditionNotMet' || statusCode === 404) return;
    const { origin, pathname } = new URL(blob.url);
    const why = translateStoreError(error, { doing: 'remove the blob', location: origin + pathname });
    throw new HubkeepError('secrets.not-wiped', `SYSTEM_SECRETS_PATH ${location} cannot be wiped. ${why.message}`, {
      hint: why.hint ?? 'Check that the storage account lets Hubkeep delete it, or delete it by hand.',
      cause: why,
    });
  }
}

function unreadable(why: HubkeepError, location: string): HubkeepError {
  return new HubkeepError('secrets.unreadable', `SYSTEM_SECRETS_PATH ${location} cannot be read (${why.code}).`, {
    hint: why.hint ?? 'Check that the storage account lets Hubkeep read this blob.',
    retryable: why.retryable,
    cause: why,
  });
}
