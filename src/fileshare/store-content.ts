import type { BlobReference } from '../contracts/recovery-point';
import type { BlobStore } from '../ports/blob-store';
import { pagesOf, type SortedContents } from '../repository/content/sorted-contents';
import { writeContent } from '../repository/content/write-content';

/** Stores where contents lie, for later runs; no blob when there is nothing new. */
export async function storeContent(store: BlobStore, key: string, contents: SortedContents): Promise<BlobReference[]> {
  return contents.count === 0 ? [] : [await writeContent(store, key, pagesOf(contents))];
}
