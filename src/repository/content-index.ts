import { HubkeepError } from '../errors/hubkeep-error';
import type { Extent } from './index-entry';

/*
 * Content file: `HKC1`, header length (u32 LE), JSON header {"packs": [...]}, then 64-byte records in ascending hash order:
 * sha256 (32), pack number (u32), skip (u32), offset (u64), length (u64), size (u64), all little-endian.
 */
const magic = Buffer.from('HKC1');
const recordSize = 64;
const hashSize = 32;

export interface StoredContent {
  /** Raw sha256. */
  readonly hash: Buffer;
  readonly size: number;
  readonly extent: Extent;
}

/** Writes one content file. Of two entries with the same hash the first wins. */
export function encodeContent(contents: readonly StoredContent[]): Buffer {
  const sorted = [...contents].sort((a, b) => a.hash.compare(b.hash));
  const packs = new Map<string, number>();
  const records = Buffer.alloc(sorted.length * recordSize);
  let written = 0;
  let last: Buffer | undefined;
  for (const { hash, size, extent } of sorted) {
    if (last?.equals(hash)) continue;
    last = hash;
    const at = written++ * recordSize;
    const pack = packs.get(extent.pack) ?? packs.set(extent.pack, packs.size).size - 1;
    hash.copy(records, at);
    records.writeUInt32LE(pack, at + 32);
    records.writeUInt32LE(extent.skip, at + 36);
    records.writeBigUInt64LE(BigInt(extent.offset), at + 40);
    records.writeBigUInt64LE(BigInt(extent.length), at + 48);
    records.writeBigUInt64LE(BigInt(size), at + 56);
  }
  const header = Buffer.from(JSON.stringify({ packs: [...packs.keys()] }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  return Buffer.concat([magic, length, header, records.subarray(0, written * recordSize)]);
}

export interface Found {
  readonly size: number;
  readonly extent: Extent;
}

export type Finding = Found | undefined | Promise<Found | undefined>;

/** Content that earlier points stored, looked up by hash. Holds 64 bytes per distinct content. */
export interface ContentIndex {
  find(hash: Buffer): Finding;
  /** False when no large content has this size: a file of this size is new without being read first. */
  hasLarge(size: number): boolean | Promise<boolean>;
}

export function openContent(files: readonly Uint8Array[]): ContentIndex {
  const tables = files.map(openTable);
  return {
    find(hash) {
      for (const table of tables) {
        const found = table.find(hash);
        if (found !== undefined) return found;
      }
      return undefined;
    },
    hasLarge: (size) => tables.some((table) => table.sizes().includes(size)),
  };
}

function openTable(file: Uint8Array) {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const { packs, start } = readHeader(bytes);
  const count = Math.floor((bytes.length - start) / recordSize);
  const sizeAt = (i: number) => Number(bytes.readBigUInt64LE(start + i * recordSize + 56));
  return {
    find(hash: Uint8Array) {
      let low = 0;
      let high = count - 1;
      while (low <= high) {
        const middle = (low + high) >>> 1;
        const at = start + middle * recordSize;
        const order = bytes.compare(hash, 0, hashSize, at, at + hashSize);
        if (order === 0) return { size: sizeAt(middle), extent: extentAt(bytes, at, packs) };
        if (order < 0) low = middle + 1;
        else high = middle - 1;
      }
      return undefined;
    },
    sizes: () => Array.from({ length: count }, (_, i) => sizeAt(i)),
  };
}

function readHeader(bytes: Buffer): { packs: string[]; start: number } {
  if (bytes.length < 8 || !bytes.subarray(0, 4).equals(magic)) throw damaged();
  const start = 8 + bytes.readUInt32LE(4);
  if (start > bytes.length || (bytes.length - start) % recordSize !== 0) throw damaged();
  const header: unknown = JSON.parse(bytes.toString('utf8', 8, start));
  return { packs: (header as { packs: string[] }).packs, start };
}

function extentAt(bytes: Buffer, at: number, packs: readonly string[]): Extent {
  const pack = packs[bytes.readUInt32LE(at + hashSize)];
  if (pack === undefined) throw damaged();
  return {
    pack,
    skip: bytes.readUInt32LE(at + 36),
    offset: Number(bytes.readBigUInt64LE(at + 40)),
    length: Number(bytes.readBigUInt64LE(at + 48)),
  };
}

const damaged = () => new HubkeepError('format.damaged', 'a content file is damaged');
