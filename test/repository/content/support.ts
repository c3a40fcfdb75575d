import { randomBytes } from 'node:crypto';
import type { BlobReference } from '../../../src/contracts/recovery-point';
import type { BlobStore } from '../../../src/ports/blob-store';
import type { Found } from '../../../src/repository/content/content-file';
import { pagesOf, type SortedContents } from '../../../src/repository/content/sorted-contents';
import { writeContent } from '../../../src/repository/content/write-content';
import type { Extent } from '../../../src/repository/index-entry';

export interface StoredContent {
  /** Raw sha256. */
  readonly hash: Buffer;
  readonly size: number;
  readonly extent: Extent;
}

/** Contents with hashes of their own, in packs that start with `prefix`, about 200 in each. */
export function someContents(count: number, prefix: string): StoredContent[] {
  const hashes = randomBytes(32 * count);
  return Array.from({ length: count }, (_, n) => ({
    hash: hashes.subarray(32 * n, 32 * n + 32),
    size: n + 1,
    extent: { pack: `${prefix}/pack-${Math.floor(n / 200)}`, offset: n * 5_000_000, length: n + 7, skip: n % 4096 },
  }));
}

/** Puts contents in order for a content file. Of two with the same hash the first wins. */
function sortContents(contents: readonly StoredContent[]): SortedContents {
  const sorted = [...contents].sort((a, b) => a.hash.compare(b.hash));
  const distinct = sorted.filter(({ hash }, i) => sorted[i - 1]?.hash.equals(hash) !== true);
  const packs = [...new Set(distinct.map(({ extent }) => extent.pack))];
  const numbers = new Map(packs.map((pack, number) => [pack, number]));
  const entries = distinct.map(({ hash, size, extent: { pack, ...place } }) => ({
    hash,
    size,
    ...place,
    pack: numbers.get(pack) ?? 0,
  }));
  return { count: entries.length, packs, entries };
}

export async function writeFile(store: BlobStore, key: string, contents: readonly StoredContent[]): Promise<BlobReference> {
  return writeContent(store, key, pagesOf(sortContents(contents)));
}

/** What a lookup has to answer. */
export const answerOf = ({ size, extent }: StoredContent) => ({ size, extent });

export function isRight(found: Found | undefined, { size, extent }: StoredContent): boolean {
  if (found?.size !== size) return false;
  const { pack, offset, length, skip } = found.extent;
  return pack === extent.pack && offset === extent.offset && length === extent.length && skip === extent.skip;
}

/** Changes one bit of a blob. */
export async function flipBit(store: BlobStore, key: string, at: number) {
  const { content } = await store.read(key);
  content[at < 0 ? content.length + at : at]! ^= 1;
  await store.put(key, content);
}
