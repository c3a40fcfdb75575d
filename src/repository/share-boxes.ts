import { boxResultSchema, type BoxResult } from '../contracts/share-copy';
import type { BlobStore } from '../ports/blob-store';
import { readJson } from './json-blob';

/** What the boxes of one pass left behind, in path order. */
export async function readBoxes(store: BlobStore, keys: readonly string[]): Promise<BoxResult[]> {
  return Promise.all(keys.map((key) => readJson(store, key, boxResultSchema)));
}
