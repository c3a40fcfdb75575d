import type { BlobStore } from '../../ports/blob-store';
import type { RandomAccess } from './tape-bytes';

/** A blob, read by range. Throws `store.not-found`. */
export async function inStore(store: BlobStore, key: string): Promise<RandomAccess> {
  const { size } = await store.stat(key);
  return { size, read: async (offset, length) => (await store.read(key, { offset, length })).content };
}
