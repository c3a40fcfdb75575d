import { createHashSlots } from './hash-slots';
import { createPathChunks } from './path-chunks';
import { releaseMemory } from './release-memory';

/*
 * One entry: sha256 (32), size (6), offset (6), length (6), pack (4), skip (4), position of its path (6).
 */
const entrySize = 64;
const chunkEntries = 16_384;
const sizeAt = 32;
const offsetAt = 38;
const lengthAt = 44;
const packAt = 50;
const skipAt = 54;
const pathAt = 58;
const wide = 6;

/** Content as it is when it goes into a pack: its frame is still open, so its place is not known yet. */
export interface NewContent {
  /** Raw sha256; copied. */
  readonly hash: Buffer;
  readonly size: number;
  readonly skip: number;
  /** Of the member that holds the content; copied. */
  readonly pathBytes: Uint8Array;
}

/** Where an entry's frames lie. */
export interface TablePlace {
  /** Number of the pack, as the caller counts them. */
  readonly pack: number;
  readonly offset: number;
  readonly length: number;
}

/** Pack, offset and length are 0 until the entry is placed. */
export interface TableEntry extends TablePlace {
  readonly size: number;
  readonly skip: number;
}

export interface OrderedEntry extends TableEntry {
  /** Raw sha256, a view of the table. */
  readonly hash: Buffer;
}

/**
 * What one activity has stored, by hash. Entries are numbered from 0 in the order they are added.
 *
 * Memory: 64 bytes an entry, 5.3 to 6.7 for finding it, and its path's bytes and 4, all in chunks of 1 MiB that are never
 * moved or copied; no object per entry. Numbers up to 2^48 - 1 (sizes, offsets) and 2^32 - 1 (packs, skips, entries).
 */
export function createContentTable() {
  const chunks: Buffer[] = [];
  const paths = createPathChunks();
  const slots = createHashSlots({ hashOf: locate });
  let entries = 0;

  function locate(entry: number) {
    return { bytes: chunks[Math.floor(entry / chunkEntries)] as Buffer, at: (entry % chunkEntries) * entrySize };
  }

  function get(entry: number): TableEntry {
    const { bytes, at } = locate(entry);
    return {
      size: bytes.readUIntLE(at + sizeAt, wide),
      pack: bytes.readUInt32LE(at + packAt),
      skip: bytes.readUInt32LE(at + skipAt),
      offset: bytes.readUIntLE(at + offsetAt, wide),
      length: bytes.readUIntLE(at + lengthAt, wide),
    };
  }

  return {
    /** The entry with this raw sha256. */
    find: slots.find,
    /** Adds content that `find` does not find. @returns its entry. */
    add({ hash, size, skip, pathBytes }: NewContent): number {
      const entry = entries++;
      if (entry % chunkEntries === 0) chunks.push(Buffer.allocUnsafeSlow(chunkEntries * entrySize));
      const { bytes, at } = locate(entry);
      hash.copy(bytes, at, 0, 32);
      bytes.writeUIntLE(size, at + sizeAt, wide);
      bytes.fill(0, at + offsetAt, at + skipAt);
      bytes.writeUInt32LE(skip, at + skipAt);
      bytes.writeUIntLE(paths.add(pathBytes), at + pathAt, wide);
      slots.add(entry);
      return entry;
    },
    place(entry: number, { pack, offset, length }: TablePlace) {
      const { bytes, at } = locate(entry);
      bytes.writeUInt32LE(pack, at + packAt);
      bytes.writeUIntLE(offset, at + offsetAt, wide);
      bytes.writeUIntLE(length, at + lengthAt, wide);
    },
    get,
    /** A view of the table: copy what has to outlive it. */
    pathOf(entry: number): Buffer {
      const { bytes, at } = locate(entry);
      return paths.at(bytes.readUIntLE(at + pathAt, wide));
    },
    /** Gives the memory back; nothing may follow. */
    free() {
      chunks.forEach(releaseMemory);
      paths.free();
    },
    count: () => entries,
    /** Memory held. */
    bytes: () => chunks.length * chunkEntries * entrySize + paths.bytes() + slots.bytes(),
    /** Every placed entry in ascending order of hash; one that was never placed is not stored, so it is left out. */
    *inOrder(): Generator<OrderedEntry> {
      for (const entry of slots.inOrder()) {
        const found = get(entry);
        if (found.length === 0) continue;
        const { bytes, at } = locate(entry);
        yield { ...found, hash: bytes.subarray(at, at + 32) };
      }
    },
  };
}

export type ContentTable = ReturnType<typeof createContentTable>;
