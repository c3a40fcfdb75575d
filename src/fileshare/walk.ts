import { comparePaths, isWithin, type SharePath } from '../contracts/share-path';
import { codeOf } from '../errors/hubkeep-error';
import type { ErrorCode } from '../contracts/error-codes';
import type { FileSource, SourceEntry } from '../ports/file-source';

export interface WalkedEntry {
  readonly path: SharePath;
  readonly entry: SourceEntry;
  /** A directory that could not be listed: nothing is known of what it holds. */
  readonly unlisted?: { readonly code: ErrorCode; readonly message: string };
}

/** A half-open range of paths: everything after `after`, before `before`; undefined means unbounded. */
export interface PathRange {
  readonly after?: SharePath | undefined;
  readonly before?: SharePath | undefined;
}

interface Level {
  readonly directory: SharePath;
  readonly entries: readonly SourceEntry[];
  next: number;
}

type Listing = SourceEntry[] | { readonly failed: { readonly code: ErrorCode; readonly message: string } };

const listedAhead = 8;

/**
 * Walks the share in path order. Memory is the listings of one path's directories and a few directories listed ahead.
 * @throws what listing the root throws; any other directory that cannot be listed is reported as such.
 */
export async function* walk(source: FileSource, range: PathRange = {}): AsyncGenerator<WalkedEntry[]> {
  const ahead = new Map<SharePath, Promise<Listing> | Listing>();
  const levels: Level[] = [{ directory: '', entries: await source.list(''), next: 0 }];
  let batch: WalkedEntry[] = [];

  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const entry = level.entries[level.next++];
    if (entry === undefined) {
      levels.pop();
      continue;
    }
    const path = join(level.directory, entry.name);
    if (range.before !== undefined && comparePaths(path, range.before) >= 0) break;
    const inRange = range.after === undefined || comparePaths(path, range.after) > 0;
    const enters = inRange || (range.after !== undefined && isWithin(range.after, path));
    if (entry.kind !== 'directory' || !enters) {
      if (inRange) batch.push({ path, entry });
      continue;
    }
    listAhead(source, level, ahead);
    const pending = ahead.get(path) ?? listSafely(source, path);
    ahead.delete(path);
    if (pending instanceof Promise && batch.length > 0) {
      yield batch;
      batch = [];
    }
    const listing = pending instanceof Promise ? await pending : pending;
    if ('failed' in listing) {
      if (inRange) batch.push({ path, entry, unlisted: listing.failed });
      continue;
    }
    if (inRange) batch.push({ path, entry });
    levels.push({ directory: path, entries: listing, next: 0 });
    if (batch.length >= 512) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

/** Starts listing the next few directories of a level, so that a source with latency answers while files are read. */
function listAhead(source: FileSource, level: Level, ahead: Map<SharePath, Promise<Listing> | Listing>) {
  for (let i = level.next, budget = listedAhead; i < level.entries.length && budget > 0 && ahead.size < listedAhead; i++) {
    const entry = level.entries[i];
    if (entry?.kind !== 'directory') continue;
    budget -= 1;
    const path = join(level.directory, entry.name);
    if (!ahead.has(path)) ahead.set(path, listSafely(source, path));
  }
}

function listSafely(source: FileSource, path: SharePath): Promise<Listing> | Listing {
  try {
    const listing = source.list(path);
    return listing instanceof Promise ? listing.catch(toFailure) : listing;
  } catch (error) {
    return toFailure(error);
  }
}

function toFailure(error: unknown): Listing {
  return { failed: { code: codeOf(error), message: error instanceof Error ? error.message : String(error) } };
}

function join(directory: SharePath, name: string): SharePath {
  return directory === '' ? name : `${directory}/${name}`;
}
