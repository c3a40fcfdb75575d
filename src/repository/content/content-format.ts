import { crc32 } from 'node:zlib';
import { HubkeepError } from '../../errors/hubkeep-error';

/*
 * The layout of a content file, docs/storage-format.md section 8:
 * pages of records | pack names | filters | directory | lengths of the name frames | sizes of large contents | footer
 */
export const recordSize = 64;
export const pageRecords = 256;
/** Records of a full page, and their CRC-32. */
export const pageSize = pageRecords * recordSize + 4;
export const footerSize = 40;
export const namesPerFrame = 256;
/** From here on a content's size is listed, so that a file of another size is known to be new before it is read. */
export const largeFrom = 16 * 1024 * 1024;
/** More distinct sizes than this are not listed: 4 MiB of them, at least 8 TiB of content. */
export const mostLargeSizes = 524_288;
export const tooManyLarge = 0xffff_ffff;

const magic = Buffer.from('HKC2');
const wide = 6;

/** Where one content lies, as a record holds it: `pack` is a number in the file's list of packs. */
export interface ContentPlace {
  readonly size: number;
  readonly pack: number;
  readonly skip: number;
  readonly offset: number;
  readonly length: number;
}

export interface ContentFooter {
  readonly records: number;
  readonly packs: number;
  /** Bytes of all name frames. */
  readonly namesBytes: number;
  /** Number of sizes listed, or `tooManyLarge`. */
  readonly large: number;
  /** Bytes of one page's filter; 0 when there are none. */
  readonly filterSize: number;
  /** CRC-32 of everything between the names and the footer. */
  readonly tailCrc: number;
}

export function writeRecord(into: Buffer, at: number, { hash, ...place }: ContentPlace & { readonly hash: Buffer }) {
  hash.copy(into, at, 0, 32);
  into.writeUInt32LE(place.pack, at + 32);
  into.writeUInt32LE(place.skip, at + 36);
  into.writeBigUInt64LE(BigInt(place.offset), at + 40);
  into.writeBigUInt64LE(BigInt(place.length), at + 48);
  into.writeBigUInt64LE(BigInt(place.size), at + 56);
}

export function readRecord(from: Buffer, at: number): ContentPlace {
  return {
    pack: from.readUInt32LE(at + 32),
    skip: from.readUInt32LE(at + 36),
    offset: Number(from.readBigUInt64LE(at + 40)),
    length: Number(from.readBigUInt64LE(at + 48)),
    size: Number(from.readBigUInt64LE(at + 56)),
  };
}

/** Adds to the pack numbers of whole records: their packs come after others in a longer list. */
export function shiftPack(records: Buffer, at: number, by: number) {
  records.writeUInt32LE(records.readUInt32LE(at + 32) + by, at + 32);
}

/** The sections' offsets and lengths. */
export function sectionsOf({ records, packs, namesBytes, large, filterSize }: ContentFooter) {
  const pages = Math.ceil(records / pageRecords);
  const nameFrames = Math.ceil(packs / namesPerFrame);
  const names = records * recordSize + pages * 4;
  const tail = names + namesBytes;
  const listed = large === tooManyLarge ? 0 : large;
  const tailBytes = pages * (filterSize + 4) + nameFrames * 4 + listed * 8;
  return { pages, nameFrames, names, tail, tailBytes, listed, size: tail + tailBytes + footerSize };
}

export function writeFooter(footer: ContentFooter): Buffer {
  const bytes = Buffer.alloc(footerSize);
  bytes.writeUIntLE(footer.records, 0, wide);
  bytes.writeUIntLE(footer.namesBytes, 8, wide);
  bytes.writeUInt32LE(footer.packs, 16);
  bytes.writeUInt32LE(footer.large, 20);
  bytes.writeUInt32LE(footer.filterSize, 24);
  bytes.writeUInt32LE(footer.tailCrc, 28);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 32)), 32);
  magic.copy(bytes, 36);
  return bytes;
}

/** @returns nothing when these bytes are no footer. */
export function readFooter(bytes: Buffer): ContentFooter | undefined {
  if (bytes.length !== footerSize || !bytes.subarray(36).equals(magic)) return undefined;
  if (crc32(bytes.subarray(0, 32)) !== bytes.readUInt32LE(32)) return undefined;
  return {
    records: bytes.readUIntLE(0, wide),
    namesBytes: bytes.readUIntLE(8, wide),
    packs: bytes.readUInt32LE(16),
    large: bytes.readUInt32LE(20),
    filterSize: bytes.readUInt32LE(24),
    tailCrc: bytes.readUInt32LE(28),
  };
}

export function damagedContent(key: string, what: string, cause?: unknown): HubkeepError {
  return new HubkeepError('format.damaged', `content file ${key} ${what}`, {
    hint: 'hubkeep verify --deep tells what else is damaged. No recovery point needs a content file to be restored.',
    details: { blob: key },
    ...(cause === undefined ? {} : { cause }),
  });
}
