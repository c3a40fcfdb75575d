import { crc32 } from 'node:zlib';
import type { ContentBytes } from './content-bytes';
import { type ContentFooter, damagedContent, footerSize, readFooter, sectionsOf, tooManyLarge } from './content-format';
import { createCutter } from './cut-stream';
import type { LargeSizes } from './large-sizes';
import { foldFilter, filterSizes } from './page-filter';

/** How much of a file's tail is kept. */
export interface TailOptions {
  /** Bytes of each page's filter, at most as many as the file has; 0 for none. */
  readonly filterSize: number;
  /** Of so many pages one is kept in the directory. */
  readonly stride: number;
}

/** What a file says about its records. */
export interface ContentTail {
  readonly filterSize: number;
  readonly filters: Buffer;
  /** First four bytes of the first hash of every page, or of one in `stride`. */
  readonly directory: Uint32Array;
  readonly stride: number;
  /** Where each name frame ends, counted from the start of the first. */
  readonly nameEnds: Float64Array;
  readonly large: LargeSizes;
  /** Memory held, `large` apart. */
  readonly bytes: number;
}

/** Entries cut from the stream at a time. */
const batch = 4096;

export async function openFooter(bytes: ContentBytes): Promise<ContentFooter> {
  if (bytes.size < footerSize) throw damagedContent(bytes.key, 'is too short');
  const footer = readFooter(await bytes.read(bytes.size - footerSize, footerSize));
  if (footer === undefined) throw damagedContent(bytes.key, 'has no valid footer');
  const knownFilter = footer.filterSize === 0 || filterSizes.some((size) => size === footer.filterSize);
  if (!knownFilter || sectionsOf(footer).size !== bytes.size)
    throw damagedContent(bytes.key, 'does not have the size its footer tells');
  return footer;
}

export async function readTail(bytes: ContentBytes, footer: ContentFooter, options: TailOptions): Promise<ContentTail> {
  const { pages, nameFrames, tail, tailBytes, listed } = sectionsOf(footer);
  let crc = 0;
  async function* checked() {
    for await (const chunk of bytes.stream(tail, tailBytes)) {
      crc = crc32(chunk, crc);
      yield chunk;
    }
  }
  const cutter = createCutter(checked());
  const filters = Buffer.allocUnsafeSlow(pages * options.filterSize);
  const directory = new Uint32Array(Math.ceil(pages / options.stride));
  const nameEnds = new Float64Array(nameFrames);
  const large = new Float64Array(listed);

  /** Takes `count` fields of `size` bytes each. */
  async function each(count: number, size: number, take: (fields: Buffer, at: number, number: number) => void) {
    for (let number = 0; number < count;) {
      const fields = await cutter.take(Math.min(batch, count - number) * size);
      for (let at = 0; at < fields.length; at += size) take(fields, at, number++);
    }
  }

  const { filterSize } = options;
  if (footer.filterSize > 0) {
    await each(pages, footer.filterSize, (fields, at, page) => {
      if (filterSize === 0) return;
      const into = filters.subarray(page * filterSize, (page + 1) * filterSize);
      foldFilter(fields.subarray(at, at + footer.filterSize), into);
    });
  }
  await each(pages, 4, (fields, at, page) => {
    if (page % options.stride === 0) directory[page / options.stride] = fields.readUInt32LE(at);
  });
  await each(nameFrames, 4, (fields, at, frame) => {
    nameEnds[frame] = (nameEnds[frame - 1] ?? 0) + fields.readUInt32LE(at);
  });
  await each(listed, 8, (fields, at, number) => {
    large[number] = Number(fields.readBigUInt64LE(at));
  });
  await cutter.end();
  if (crc !== footer.tailCrc || (nameEnds.at(-1) ?? 0) !== footer.namesBytes)
    throw damagedContent(bytes.key, 'has a damaged directory');
  return {
    filterSize,
    filters,
    directory,
    stride: options.stride,
    nameEnds,
    large: footer.large === tooManyLarge ? 'any' : large,
    bytes: filters.length + directory.byteLength + nameEnds.byteLength,
  };
}
