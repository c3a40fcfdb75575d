import { hash } from 'node:crypto';
import { comparePaths, type SharePath } from '../contracts/share-path';
import type { Segment } from '../contracts/recovery-point';
import { HubkeepError } from '../errors/hubkeep-error';
import type { BlobStore } from '../ports/blob-store';
import { fromLine, type IndexEntry, type IndexLine } from './index-entry';
import { releaseMemory } from './release-memory';
import { decompressFrames } from './zstd';

const newline = 0x0a;
/** Far above what a writer makes of one segment: a reader never allocates what a damaged segment claims. */
const segmentLimit = 512 * 1024 * 1024;
/** A path and a link's target, all of it escaped, are a twentieth of it. */
const longestLine = 1024 * 1024;

export async function readSegment(store: BlobStore, segment: Segment): Promise<IndexLine[]> {
  return (await readLines(store, segment)).map(fromLine);
}

async function readLines(store: BlobStore, segment: Segment): Promise<string[]> {
  const content = await readContent(store, segment);
  const lines = content.toString('utf8').split('\n');
  releaseMemory(content);
  if (lines.pop() !== '') throw endsWithinLine(segment);
  return lines;
}

async function readContent(store: BlobStore, segment: Segment): Promise<Buffer> {
  const content = await readStored(store, segment);
  if (hash('sha256', content, 'hex') !== segment.sha256) throw notAsRecorded(segment);
  return decompressFrames(content, segmentLimit);
}

/** No more than what was recorded, whatever lies there now. */
async function readStored(store: BlobStore, segment: Segment): Promise<Buffer> {
  const { key, size } = segment;
  if (size > segmentLimit) throw notAsRecorded(segment);
  const content = Buffer.allocUnsafe(size);
  let filled = 0;
  for await (const chunk of store.stream(key)) {
    if (chunk.length > size - filled) throw notAsRecorded(segment);
    filled += chunk.copy(content, filled);
  }
  return content.subarray(0, filled);
}

function notAsRecorded({ key }: Segment): HubkeepError {
  return new HubkeepError('format.damaged', `${key} is not what the recovery point recorded`);
}

function endsWithinLine({ key }: Segment): HubkeepError {
  return new HubkeepError('format.damaged', `${key} ends within a line`);
}

export interface SegmentLines {
  readonly segment: Segment;
  /** As they are stored; `fromLine` reads one. */
  readonly lines: readonly string[];
}

/** Segments in path order from the first that reaches past `after`, each read while the one before is used. */
export async function* readIndex(
  store: BlobStore,
  segments: readonly Segment[],
  after?: SharePath,
): AsyncGenerator<SegmentLines> {
  const wanted = after === undefined ? segments : segments.filter(({ last }) => comparePaths(last, after) > 0);
  yield* oneAhead(wanted, async (segment) => ({ segment, lines: await readLines(store, segment) }));
}

export interface SegmentEntries {
  readonly segment: Segment;
  /** To be gone through once. Each is read from its line when it is asked for; none is kept. */
  readonly entries: Iterable<IndexEntry>;
}

/** The same for a reader of the entries alone. */
export async function* readEntries(store: BlobStore, segments: readonly Segment[]): AsyncGenerator<SegmentEntries> {
  yield* oneAhead(segments, async (segment) => ({ segment, entries: entriesOf(segment, await readContent(store, segment)) }));
}

function* entriesOf(segment: Segment, content: Buffer): Generator<IndexEntry> {
  for (let at = 0; at < content.length;) {
    const end = content.indexOf(newline, at);
    if (end < 0) throw endsWithinLine(segment);
    if (end - at > longestLine) throw new HubkeepError('format.damaged', `${segment.key} holds a line without an end`);
    yield fromLine(content.toString('utf8', at, end)).entry;
    at = end + 1;
  }
  releaseMemory(content);
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
