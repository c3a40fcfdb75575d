import { hash } from 'node:crypto';
import type { BlobReference } from '../contracts/recovery-point';
import type { BlobStore } from '../ports/blob-store';
import { encodeContent, type StoredContent } from '../repository/content-index';

/** Stores where contents lie, for later runs; no blob when there is nothing new. */
export async function storeContent(store: BlobStore, key: string, contents: readonly StoredContent[]): Promise<BlobReference[]> {
  if (contents.length === 0) return [];
  const bytes = encodeContent(contents);
  const sha256 = hash('sha256', bytes, 'hex');
  await store.put(key, bytes, { onlyIfAbsent: true, sha256 });
  return [{ key, size: bytes.length, sha256 }];
}
