import type { BlobItem, ContainerClient } from '@azure/storage-blob';
import type { BlobStat, BlobStore, ByteRange } from '../../ports/blob-store';
import { codeOf } from '../../errors/hubkeep-error';
import { openContainer, type AzureBlobAccount } from './container-client';
import { downloadBlob } from './download-blob';
import { translateStoreError } from './translate-error';
import { uploadBlob, type UploadTarget } from './upload-blob';
import { uploadLargeBlob } from './upload-large-blob';

export interface AzureBlobStoreOptions {
  /** `x-ms-version` to speak, for services that do not know the SDK's own: Azure Stack Hub. */
  readonly apiVersion?: string | undefined;
}

/** A container of Azure Blob Storage, Azure Stack Hub's blob service or Azurite. Makes no request before it is used. */
export function createAzureBlobStore(
  account: AzureBlobAccount,
  container: string,
  options: AzureBlobStoreOptions = {},
): BlobStore {
  const client = openContainer(account, container, options.apiVersion);
  const location = withoutQuery(client.url);

  async function translated<T>(doing: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw translateStoreError(error, { doing, location });
    }
  }

  function target(key: string): UploadTarget {
    return { client: client.getBlockBlobClient(key), key, location };
  }

  async function* stream(key: string, range?: ByteRange): AsyncGenerator<Buffer> {
    try {
      yield* (await downloadBlob(client.getBlobClient(key), range)).chunks;
    } catch (error) {
      throw translateStoreError(error, { doing: `read ${key}`, location });
    }
  }

  async function* list(prefix: string): AsyncGenerator<BlobStat> {
    try {
      const found = client.listBlobsFlat({ ...(prefix === '' ? {} : { prefix }), includeMetadata: true });
      for await (const item of found) if (!isDirectory(item)) yield statOfItem(item);
    } catch (error) {
      throw translateStoreError(error, { doing: `list ${prefix || 'all blobs'}`, location });
    }
  }

  return {
    location,
    ensure: () => translated('open the container', () => ensureContainer(client, location)),
    put: (key, content, putOptions = {}) => uploadBlob(target(key), { pieces: [content], size: content.byteLength }, putOptions),
    putLarge: (key, content, putOptions = {}) => uploadLargeBlob(target(key), content, putOptions),
    read: (key, range) => translated(`read ${key}`, () => readWhole(client, key, range)),
    stream,
    stat: (key) => translated(`read the properties of ${key}`, () => statOf(client, key)),
    list,
    remove: (key) => translated(`remove ${key}`, () => remove(client, key)),
  };
}

function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

/** Who may not create the container, as the holder of a signature for it alone, need not when it is there. */
async function ensureContainer(client: ContainerClient, location: string): Promise<void> {
  try {
    await client.createIfNotExists();
  } catch (error) {
    const refused = translateStoreError(error, { doing: 'create the container', location });
    if (codeOf(refused) !== 'store.unauthorized' || !(await isThere(client))) throw refused;
  }
}

async function isThere(client: ContainerClient): Promise<boolean> {
  try {
    await client.listBlobsFlat().byPage({ maxPageSize: 1 }).next();
    return true;
  } catch {
    return false;
  }
}

async function readWhole(client: ContainerClient, key: string, range: ByteRange | undefined) {
  const { etag, length, chunks } = await downloadBlob(client.getBlobClient(key), range);
  const content = Buffer.allocUnsafe(length);
  let filled = 0;
  for await (const chunk of chunks) filled += chunk.copy(content, filled);
  return { content, etag };
}

async function statOf(client: ContainerClient, key: string): Promise<BlobStat> {
  const found = await client.getBlobClient(key).getProperties();
  return {
    key,
    size: found.contentLength ?? 0,
    etag: found.etag ?? '',
    lastModified: found.lastModified ?? new Date(0),
    sha256: found.metadata?.['sha256'],
  };
}

function statOfItem({ name, properties, metadata }: BlobItem): BlobStat {
  return {
    key: name,
    size: properties.contentLength ?? 0,
    etag: quoted(properties.etag),
    lastModified: properties.lastModified,
    sha256: metadata?.['sha256'],
  };
}

/** Listings carry the etag bare where headers quote it; comparing the two must work. */
function quoted(etag: string): string {
  return etag.startsWith('"') ? etag : `"${etag}"`;
}

/** Accounts with a hierarchical namespace list their directories among the blobs. */
function isDirectory({ metadata }: BlobItem): boolean {
  return metadata?.['hdi_isfolder'] === 'true';
}

async function remove(client: ContainerClient, key: string): Promise<void> {
  await client.getBlobClient(key).deleteIfExists({ deleteSnapshots: 'include' });
}
