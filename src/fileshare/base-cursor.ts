import { comparePaths, type SharePath } from '../contracts/share-path';
import type { Segment } from '../contracts/recovery-point';
import type { BlobStore } from '../ports/blob-store';
import { fromLine, type IndexLine } from '../repository/index-entry';
import { readIndex, type SegmentLines } from '../repository/index-reader';
import type { PathRange } from './walk';

/** Reads the base's lines of a range one by one, and tells when the next one begins another segment. */
export async function openBase(store: BlobStore, segments: readonly Segment[], range: PathRange) {
  const reader = readIndex(store, segments, range.after);
  let current: SegmentLines | undefined;
  let upcoming: SegmentLines | undefined;
  let next = 0;
  let open: IndexLine | undefined;

  async function read(): Promise<SegmentLines | undefined> {
    const result = await reader.next();
    return result.done === true ? undefined : result.value;
  }

  function inRange(path: SharePath): boolean {
    return range.before === undefined || comparePaths(path, range.before) < 0;
  }

  /** The line at `next`; asked for more than once, read once, and never kept. */
  function line(): IndexLine | undefined {
    const text = current?.lines[next];
    if (text !== undefined && open?.line !== text) open = fromLine(text);
    return text === undefined ? undefined : open;
  }

  function skipBefore(path: SharePath) {
    for (let first = line(); first !== undefined && comparePaths(first.entry.path, path) <= 0; first = line()) next += 1;
  }

  current = await read();
  upcoming = await read();
  if (range.after !== undefined) skipBefore(range.after);

  return {
    /** The segment whose range the walk is in. */
    segment: () => current,
    /** The next line of this segment, if any is left in it. */
    peek(): IndexLine | undefined {
      const found = line();
      return found !== undefined && inRange(found.entry.path) ? found : undefined;
    },
    take() {
      next += 1;
    },
    /** The first path of the following segment, if it lies in the range. */
    boundary(): SharePath | undefined {
      const first = upcoming?.segment.first;
      return first !== undefined && inRange(first) ? first : undefined;
    },
    /** Enters the following segment. */
    async cross() {
      current = upcoming;
      next = 0;
      upcoming = current === undefined ? undefined : await read();
    },
  };
}

export type BaseCursor = Awaited<ReturnType<typeof openBase>>;
