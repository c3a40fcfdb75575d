import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { BlobReference } from '../../contracts/recovery-point';
import type { BlobStore } from '../../ports/blob-store';
import { type ContentFooter, pageRecords, recordSize, tooManyLarge, writeFooter } from './content-format';
import type { LargeSizes } from './large-sizes';
import { nameFrames } from './pack-names';
import { addToFilter, filterSizes } from './page-filter';

export interface ContentSource {
  /** Records in ascending order of hash, each hash once: whole pages, and a last one that may be shorter. */
  readonly pages: AsyncIterable<Buffer> | Iterable<Buffer>;
  /** At least as many as there are records. */
  readonly most: number;
  /** Names of packs in the order the records number them. */
  readonly packs: AsyncIterable<string> | Iterable<string>;
  /** Called when every page was taken. */
  readonly large: () => LargeSizes;
}

/** Filters are held until the last record is written: 22 million contents' whole ones, 89 million's folded twice. */
const filtersHeld = 32 * 1024 * 1024;
/** Small, for two are held; 50,000 of them are far more than any file. */
const blockSize = 8 * 1024 * 1024;

/** Creates a content file, holding of it no more than its filters, its directory and two blocks of 8 MiB. Throws `store.exists`. */
export async function writeContent(store: BlobStore, key: string, source: ContentSource): Promise<BlobReference> {
  const hash = createHash('sha256');
  let sha256 = '';
  async function* hashed() {
    for await (const chunk of encode(source)) {
      hash.update(chunk);
      yield chunk;
    }
  }
  const { size } = await store.putLarge(key, hashed(), {
    onlyIfAbsent: true,
    sha256: () => (sha256 ||= hash.digest('hex')),
    blockSize,
    parallel: 2,
  });
  return { key, size, sha256 };
}

async function* encode({ pages, most, packs, large }: ContentSource): AsyncGenerator<Buffer> {
  const expected = Math.ceil(most / pageRecords);
  const filterSize = filterSizes.find((size) => size * expected <= filtersHeld) ?? 0;
  const filters = Buffer.alloc(filterSize * expected);
  const directory = Buffer.alloc(4 * expected);
  let written = 0;
  let records = 0;
  for await (const page of pages) {
    directory.writeUInt32LE(page.readUInt32BE(0), 4 * written);
    const filter = filters.subarray(filterSize * written, filterSize * (written + 1));
    if (filterSize > 0) for (let at = 0; at < page.length; at += recordSize) addToFilter(filter, page, at);
    written += 1;
    records += page.length / recordSize;
    yield page;
    yield uint32(crc32(page));
  }

  const lengths: Buffer[] = [];
  let namesBytes = 0;
  let count = 0;
  const counted = async function* () {
    for await (const name of packs) {
      count += 1;
      yield name;
    }
  };
  for await (const frame of nameFrames(counted())) {
    lengths.push(uint32(frame.length));
    namesBytes += frame.length;
    yield frame;
  }

  const sizes = large();
  const tail = [
    filters.subarray(0, filterSize * written),
    directory.subarray(0, 4 * written),
    ...lengths,
    sizes === 'any' ? Buffer.alloc(0) : sizesBytes(sizes),
  ];
  let tailCrc = 0;
  for (const part of tail) {
    tailCrc = crc32(part, tailCrc);
    yield part;
  }
  const footer: ContentFooter = {
    records,
    packs: count,
    namesBytes,
    large: sizes === 'any' ? tooManyLarge : sizes.length,
    filterSize,
    tailCrc,
  };
  yield writeFooter(footer);
}

function sizesBytes(sizes: Float64Array): Buffer {
  const bytes = Buffer.alloc(8 * sizes.length);
  sizes.forEach((size, i) => bytes.writeBigUInt64LE(BigInt(size), 8 * i));
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
