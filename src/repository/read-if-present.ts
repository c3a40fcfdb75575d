import { codeOf } from '../errors/hubkeep-error';
import type { BlobStore } from '../ports/blob-store';

/** A blob's content, or nothing when there is no such blob. */
export async function readIfPresent(store: BlobStore, key: string): Promise<Buffer | undefined> {
  try {
    return (await store.read(key)).content;
  } catch (error) {
    if (codeOf(error) === 'store.not-found') return undefined;
    throw error;
  }
}
