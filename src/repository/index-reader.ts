import { hash } from 'node:crypto';
import { comparePaths, type SharePath } from '../contracts/share-path';
import type { Segment } from '../contracts/recovery-point';
import { HubkeepError } from '../errors/hubkeep-error';
import type { BlobStore } from '../ports/blob-store';
import { fromLine, type IndexLine } from './index-entry';
import { decompressFrames } from './zstd';

/** Far above what a writer makes of one segment: a reader never allocates what a damaged segment claims. */
const segmentLimit = 512 * 1024 * 1024;

export async function readSegment(store: BlobStore, segment: Segment): Promise<IndexLine[]> {
  const { content } = await store.read(segment.key);
  if (hash('sha256', content, 'hex') !== segment.sha256) {
    throw new HubkeepError('format.damaged', `${segment.key} is not what the recovery point recorded`);
  }
  const text = decompressFrames(content, segmentLimit).toString('utf8');
  const lines = text.split('\n');
  if (lines.pop() !== '') throw new HubkeepError('format.damaged', `${segment.key} ends within a line`);
  return lines.map(fromLine);
}

export interface SegmentLines {
  readonly segment: Segment;
  readonly lines: readonly IndexLine[];
}

/** Segments in path order from the first that reaches past `after`, each read while the one before is used. */
export async function* readIndex(
  store: BlobStore,
  segments: readonly Segment[],
  after?: SharePath,
): AsyncGenerator<SegmentLines> {
  const wanted = after === undefined ? segments : segments.filter(({ last }) => comparePaths(last, after) > 0);
  let ahead = wanted[0] === undefined ? undefined : readSegment(store, wanted[0]);
  for (const [i, segment] of wanted.entries()) {
    const lines = await ahead;
    const next = wanted[i + 1];
    ahead = next === undefined ? undefined : readSegment(store, next);
    ahead?.catch(() => undefined);
    if (lines !== undefined) yield { segment, lines };
  }
}
