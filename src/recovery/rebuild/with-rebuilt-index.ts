import { hash } from 'node:crypto';
import type { FileShareRecord, Segment } from '../../contracts/recovery-point';
import type { BlobStore } from '../../ports/blob-store';
import { fromLine } from '../../repository/index-entry';
import { layout } from '../../repository/layout';
import { readIfPresent } from '../../repository/read-if-present';
import { decompressFrames } from '../../repository/zstd';

export interface ShareToRestore {
  readonly share: FileShareRecord;
  /** Entries on record that the index to restore from does not have. */
  readonly missing: number;
}

const segmentLimit = 512 * 1024 * 1024;

/** The share with what could be told again in place of segments that are lost. Only what is restored comes of it: no backup builds on it. */
export async function withRebuiltIndex(store: BlobStore, share: FileShareRecord): Promise<ShareToRestore> {
  const segments: Segment[] = [];
  for (const segment of share.segments) {
    const usable = (await isIntact(store, segment)) ? segment : await rebuiltOf(store, segment);
    if (usable !== undefined) segments.push(usable);
  }
  const entries = (of: readonly Segment[]) => of.reduce((sum, segment) => sum + segment.entries, 0);
  return { share: { ...share, segments }, missing: Math.max(0, entries(share.segments) - entries(segments)) };
}

/** True when a segment is there as the record names it. */
export async function isIntact(store: BlobStore, { key, sha256 }: Segment): Promise<boolean> {
  const content = await readIfPresent(store, key);
  return content !== undefined && hash('sha256', content, 'hex') === sha256;
}

async function rebuiltOf(store: BlobStore, segment: Segment): Promise<Segment | undefined> {
  const key = layout.rebuiltSegment(segment.key);
  const content = await readIfPresent(store, key);
  if (content === undefined) return undefined;
  const lines = decompressFrames(content, segmentLimit).toString('utf8').split('\n').slice(0, -1);
  const [first, last] = [lines[0], lines.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  return {
    key,
    size: content.length,
    sha256: hash('sha256', content, 'hex'),
    first: fromLine(first).entry.path,
    last: fromLine(last).entry.path,
    entries: lines.length,
  };
}
