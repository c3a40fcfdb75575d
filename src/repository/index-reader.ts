import { hash } from 'node:crypto';
import { comparePaths, type SharePath } from '../contracts/share-path';
import type { Segment } from '../contracts/recovery-point';
import { HubkeepError } from '../errors/hubkeep-error';
import type { BlobStore } from '../ports/blob-store';
import { fromLine, type IndexEntry, type IndexLine } from './index-entry';
import { decompressFrames } from './zstd';

/** Far above what a writer makes of one segment: a reader never allocates what a damaged segment claims. */
const segmentLimit = 512 * 1024 * 1024;

export async function readSegment(store: BlobStore, segment: Segment): Promise<IndexLine[]> {
  const lines = (await readText(store, segment)).split('\n');
  if (lines.pop() !== '') throw endsWithinLine(segment);
  return lines.map(fromLine);
}

async function readText(store: BlobStore, segment: Segment): Promise<string> {
  const { content } = await store.read(segment.key);
  if (hash('sha256', content, 'hex') !== segment.sha256) {
    throw new HubkeepError('format.damaged', `${segment.key} is not what the recovery point recorded`);
  }
  return decompressFrames(content, segmentLimit).toString('utf8');
}

function endsWithinLine({ key }: Segment): HubkeepError {
  return new HubkeepError('format.damaged', `${key} ends within a line`);
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
  yield* oneAhead(wanted, async (segment) => ({ segment, lines: await readSegment(store, segment) }));
}

export interface SegmentEntries {
  readonly segment: Segment;
  /** Each is read from its line when it is asked for; none is kept. */
  readonly entries: Iterable<IndexEntry>;
}

/** The same for a reader of the entries alone. */
export async function* readEntries(store: BlobStore, segments: readonly Segment[]): AsyncGenerator<SegmentEntries> {
  yield* oneAhead(segments, async (segment) => ({ segment, entries: entriesOf(segment, await readText(store, segment)) }));
}

function* entriesOf(segment: Segment, text: string): Generator<IndexEntry> {
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\n', at);
    if (end < 0) throw endsWithinLine(segment);
    yield fromLine(text.slice(at, end)).entry;
    at = end + 1;
  }
}

async function* oneAhead<T, R>(items: readonly T[], read: (item: T) => Promise<R>): AsyncGenerator<R> {
  let ahead = items[0] === undefined ? undefined : read(items[0]);
  for (let i = 0; ahead !== undefined; i++) {
    const found = await ahead;
    const next = items[i + 1];
    ahead = next === undefined ? undefined : read(next);
    ahead?.catch(() => undefined);
    yield found;
  }
}
