import { hash } from 'node:crypto';
import type { FileShareRecord, Segment } from '../../src/contracts/recovery-point';
import type { BlobStore } from '../../src/ports/blob-store';
import { type IndexEntry, toLine } from '../../src/repository/index-entry';
import { layout } from '../../src/repository/layout';
import { compressFrame } from '../../src/repository/zstd';

export const mebibyte = 1024 * 1024;
const blockSize = 128 * 1024;
let written = 0;

/** The record with an index of these entries, whatever they say. */
export async function withIndex(
  store: BlobStore,
  record: FileShareRecord,
  entries: readonly IndexEntry[],
): Promise<FileShareRecord> {
  const content = compressFrame(Buffer.from(entries.map((entry) => `${toLine(entry).line}\n`).join('')));
  const segment = await segmentOf(store, content);
  const paths = entries.map((entry: IndexEntry | null) => entry?.path ?? '');
  return { ...record, segments: [{ ...segment, first: paths[0] ?? '', last: paths.at(-1) ?? '', entries: entries.length }] };
}

/** A segment of these bytes, whatever they are. */
export async function segmentOf(store: BlobStore, content: Buffer): Promise<Segment> {
  const key = layout.segment('20261122T020000Z-dddd', `doctored-${(written += 1)}`);
  await store.put(key, content);
  return { key, size: content.length, sha256: hash('sha256', content, 'hex'), first: 'a', last: 'z', entries: 1 };
}

/**
 * A zstd frame of zeros, 32 bytes for each mebibyte that comes out of it (RFC 8878, blocks of one byte repeated).
 * @param declared what its header says comes out of it; nothing unless given.
 */
export function bombFrame(mebibytes: number, declared?: bigint): Buffer {
  const magic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
  // A window of 128 KiB; the size, where there is one, in eight bytes.
  const header = Buffer.from(declared === undefined ? [0x00, 0x38] : [0xc0, 0x38, 0, 0, 0, 0, 0, 0, 0, 0]);
  if (declared !== undefined) header.writeBigUInt64LE(declared, 2);
  const blocks = Buffer.alloc(((mebibytes * mebibyte) / blockSize) * 4);
  for (let at = 0; at < blocks.length; at += 4)
    blocks.writeUIntLE((blockSize << 3) | 2 | (at + 4 === blocks.length ? 1 : 0), at, 3);
  return Buffer.concat([magic, header, blocks]);
}
