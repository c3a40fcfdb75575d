import { body } from './pretend-server';

const fixed = 80;

export interface ListedEntry {
  readonly name: string;
  /** Where the next entry starts, from the start of this one; where it does unless given. */
  readonly next?: number;
  /** Bytes the name is said to have; as many as it has unless given. */
  readonly nameLength?: number;
  /** Makes it a reparse point of that kind. */
  readonly reparseTag?: number;
}

/** Body of an answer to QUERY_DIRECTORY: files of 7 bytes. */
export function listingBody(entries: readonly ListedEntry[]): Buffer {
  const list = Buffer.concat(
    entries.map(({ name, next, nameLength, reparseTag }, index) => {
      const size = Math.ceil((fixed + name.length * 2) / 8) * 8;
      const entry = Buffer.alloc(size);
      entry.writeUInt32LE(next ?? (index === entries.length - 1 ? 0 : size), 0);
      entry.writeBigUInt64LE(7n, 40);
      entry.writeUInt32LE(reparseTag === undefined ? 0x20 : 0x400, 56);
      entry.writeUInt32LE(nameLength ?? name.length * 2, 60);
      entry.writeUInt32LE(reparseTag ?? 0, 64);
      entry.write(name, fixed, 'utf16le');
      return entry;
    }),
  );
  const head = body(9, [2, 64 + 8]);
  head.writeUInt32LE(list.length, 4);
  return Buffer.concat([head, list]);
}
