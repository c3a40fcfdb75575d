import type { FileShareRecord, Segment } from '../../contracts/recovery-point';
import { comparePaths, shownPath, type SharePath } from '../../contracts/share-path';
import { HubkeepError } from '../../errors/hubkeep-error';
import type { BlobStore } from '../../ports/blob-store';
import type { FileTarget } from '../../ports/file-target';
import type { FileEntry, IndexEntry } from '../../repository/index-entry';
import { readEntries } from '../../repository/index-reader';
import { type PackRead, planReads, type StoredFile } from './plan-reads';
import type { Selection } from './selection';
import { createShareTree } from './share-tree';
import { refuseUnsound } from './sound-entry';
import type { RestoreTally } from './tally';

/** One piece of work of a restore. */
export type RestoreStep =
  | { readonly type: 'empty'; readonly files: readonly FileEntry[] }
  | { readonly type: 'large'; readonly file: StoredFile }
  | { readonly type: 'read'; readonly read: PackRead };

export interface RestorePlanOptions {
  readonly store: BlobStore;
  readonly target: FileTarget;
  readonly share: FileShareRecord;
  readonly selection: Selection;
  /** Leaves out what need not be written. */
  readonly missing: (files: readonly FileEntry[]) => Promise<readonly FileEntry[]>;
  readonly tally: RestoreTally;
  /** Why the content of a file cannot be restored, where that is known beforehand. */
  readonly lost?: ((file: FileEntry) => string | undefined) | undefined;
  /** For a part of the index that is worked off in time boxes. */
  readonly box?: PlanBox;
}

export interface PlanBox {
  /** What the box before it came to: entries up to there are done. */
  readonly after: SharePath | undefined;
  /** Asked from time to time; true ends the box. */
  readonly isOver: () => boolean;
}

/** Content of this size and more is streamed and never held whole. */
const largeFrom = 8 * 1024 * 1024;
/** Frames hold up to this beside a file. */
const mostBeside = 32 * 1024 * 1024;
/** The same for a box, which can only end between two windows. */
const bytesPerBoxWindow = 512 * 1024 * 1024;
const packName = /^[\w-]+\/[\w-]+$/;
/** Files that are planned together: neighbours in a pack are seldom further apart, and they fit into memory. */
const filesPerWindow = 16 * 1024;

/** Walks the index, making directories and noting links, and gives the work that is left. */
export function createRestorePlan({ store, target, share, selection, missing, tally, box, lost }: RestorePlanOptions) {
  const tree = createShareTree(target);
  const compact = createCompactor();

  let reached: SharePath | undefined;

  /** @param isDone an earlier box has dealt with it; what lies below may be new. */
  function take(entry: IndexEntry, isDone: boolean): FileEntry | undefined {
    const isWanted = selection.includes(entry.path) && !isDone;
    const blocked = tree.take(entry, isWanted);
    if (!isWanted) return undefined;
    const why = blocked ?? (entry.type === 'file' ? lost?.(entry) : undefined);
    if (why !== undefined) tally.blocked(entry, why);
    else if (entry.type === 'file') return entry;
    else if (entry.type === 'symlink') {
      const { path, target: to, mtime } = entry;
      tally.link(path, target.makeSymlink({ path, target: to, mtime }));
    }
    return undefined;
  }

  async function* steps(): AsyncGenerator<RestoreStep> {
    const after = box?.after;
    const segments = share.segments.filter((segment) => selection.reaches(segment) && isAfter(segment.last, after));
    const window = createWindow(box === undefined ? Infinity : bytesPerBoxWindow);
    for await (const { segment, entries } of readEntries(store, segments)) {
      for (const entry of entries) {
        refuseUnsound(entry, segment);
        const file = take(entry, !isAfter(entry.path, after));
        if (file !== undefined) window.add(compact(checked(file, segment)));
        if (!window.isLarge()) continue;
        yield* stepsOf(await missing(window.empty()));
        if (box?.isOver() !== true) continue;
        reached = entry.path;
        return;
      }
      if (box === undefined && !window.isLong()) continue;
      yield* stepsOf(await missing(window.empty()));
      if (box?.isOver() !== true || segment === segments.at(-1)) continue;
      reached = segment.last;
      return;
    }
    yield* stepsOf(await missing(window.empty()));
  }

  return {
    steps,
    directories: tree.directories,
    /** Where the next box begins, where this one ended before the end. */
    reached: () => reached,
  };
}

function isAfter(path: SharePath, after: SharePath | undefined): boolean {
  return after === undefined || comparePaths(path, after) > 0;
}

/** Files that are planned together. */
function createWindow(mostBytes: number) {
  let files: FileEntry[] = [];
  let bytes = 0;
  return {
    add(file: FileEntry) {
      files.push(file);
      bytes += file.size;
    },
    isLarge: () => bytes >= mostBytes,
    isLong: () => files.length >= filesPerWindow,
    empty() {
      const emptied = files;
      files = [];
      bytes = 0;
      return emptied;
    },
  };
}

/** Large files first: each takes longest, and one thread. */
function* stepsOf(files: readonly FileEntry[]): Generator<RestoreStep> {
  const stored = files.filter((file): file is StoredFile => file.extent !== undefined);
  for (const file of stored) if (file.size >= largeFrom) yield { type: 'large', file };
  for (const read of planReads(stored.filter(({ size }) => size < largeFrom))) yield { type: 'read', read };
  const empty = files.filter(({ extent }) => extent === undefined);
  if (empty.length > 0) yield { type: 'empty', files: empty };
}

/** What the planning relies upon. Everything else shows when the content is proven. */
function checked(entry: FileEntry, { key }: Segment): FileEntry {
  const { size, extent } = entry;
  const isSound =
    Number.isSafeInteger(size) &&
    (extent === undefined
      ? size === 0
      : [extent.offset, extent.length, extent.skip].every((count) => Number.isSafeInteger(count) && count >= 0) &&
        size > 0 &&
        extent.length > 0 &&
        (size >= largeFrom || Math.max(extent.length, extent.skip) <= size + mostBeside));
  if (isSound) return entry;
  throw new HubkeepError('format.damaged', `${key} has no sound place for the content of ${shownPath(entry.path)}`);
}

/** Keeps of an entry what is needed to restore it. Packs are few, so their names are kept once. */
function createCompactor() {
  const packs = new Map<string, string>();
  const once = (pack: string) => {
    const known = packs.get(pack);
    if (known !== undefined) return known;
    if (!packName.test(pack)) throw new HubkeepError('format.damaged', `the index names a pack ${JSON.stringify(pack)}`);
    packs.set(pack, pack);
    return pack;
  };
  return ({ path, type, mtime, size, hash, extent }: FileEntry): FileEntry =>
    extent === undefined
      ? { path, type, mtime, size, hash }
      : { path, type, mtime, size, hash, extent: { ...extent, pack: once(extent.pack) } };
}
