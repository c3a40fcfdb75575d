import { hash } from 'node:crypto';
import type { FileShareRecord } from '../../src/contracts/recovery-point';
import type { BlobStore } from '../../src/ports/blob-store';
import { type IndexEntry, toLine } from '../../src/repository/index-entry';
import { layout } from '../../src/repository/layout';
import { compressFrame } from '../../src/repository/zstd';

let written = 0;

/** The record with an index of these entries, whatever they say. */
export async function withIndex(
  store: BlobStore,
  record: FileShareRecord,
  entries: readonly IndexEntry[],
): Promise<FileShareRecord> {
  const content = compressFrame(Buffer.from(entries.map((entry) => `${toLine(entry).line}\n`).join('')));
  const key = layout.segment('20261122T020000Z-dddd', `doctored-${(written += 1)}`);
  await store.put(key, content);
  const [first = '', last = ''] = [entries[0]?.path, entries.at(-1)?.path];
  const segment = { key, size: content.length, sha256: hash('sha256', content, 'hex'), first, last, entries: entries.length };
  return { ...record, segments: [segment] };
}
