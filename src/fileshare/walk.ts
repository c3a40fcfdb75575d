import { messageOf } from '../errors/message-of';
import type { ErrorCode } from '../contracts/error-codes';
import { comparePaths, isWithin, type SharePath } from '../contracts/share-path';
import { codeOf } from '../errors/hubkeep-error';
import type { FileSource, SourceEntry } from '../ports/file-source';

export interface WalkedEntry {
  readonly path: SharePath;
  readonly entry: SourceEntry;
  /** A directory that could not be listed: nothing is known of what it holds. */
  readonly unlisted?: Unlisted;
}

export interface Unlisted {
  readonly code: ErrorCode;
  readonly message: string;
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

type Listing = SourceEntry[] | Unlisted;

const batchSize = 512;

/**
 * Walks the share in path order, in batches. Memory is the listings of one path's directories and a few listed ahead.
 * @throws what listing the root throws; any other directory that cannot be listed is reported as such.
 */
export async function* walk(source: FileSource, range: PathRange = {}): AsyncGenerator<WalkedEntry[]> {
  const listings = createListings(source);
  const levels: Level[] = [{ directory: '', entries: await source.list(''), next: 0 }];
  let batch: WalkedEntry[] = [];

  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const entry = level.entries[level.next++];
    if (entry === undefined) {
      levels.pop();
      continue;
    }
    const path = join(level.directory, entry.name);
    if (isPast(path, range)) break;
    const listing = entry.kind === 'directory' && mayHold(path, range) ? await listings.take(path, level) : undefined;
    const unlisted = unlistedOf(listing ?? (mayHold(path, range) && !isReached(path, range) ? entry.problem : undefined));
    // Of a directory the range begins in, only that it cannot be listed: what lies behind the beginning is not gone.
    if (isReached(path, range) || 'unlisted' in unlisted) batch.push({ path, entry, ...unlisted });
    if (Array.isArray(listing)) levels.push({ directory: path, entries: listing, next: 0 });
    if (batch.length < batchSize) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function unlistedOf(found: Listing | Unlisted | undefined): { readonly unlisted?: Unlisted } {
  return found !== undefined && 'code' in found ? { unlisted: found } : {};
}

function isPast(path: SharePath, { before }: PathRange): boolean {
  return before !== undefined && comparePaths(path, before) >= 0;
}

function isReached(path: SharePath, { after }: PathRange): boolean {
  return after === undefined || comparePaths(path, after) > 0;
}

function mayHold(directory: SharePath, range: PathRange): boolean {
  return isReached(directory, range) || (range.after !== undefined && isWithin(range.after, directory));
}

const listedAhead = 8;

/** Lists the next few directories of a level ahead, so that a source with latency answers while files are read. */
function createListings(source: FileSource) {
  const ahead = new Map<SharePath, Promise<Listing> | Listing>();

  function lookAhead({ directory, entries, next }: Level) {
    for (let i = next; i < entries.length && ahead.size < listedAhead; i++) {
      const entry = entries[i];
      if (entry?.kind !== 'directory') continue;
      const path = join(directory, entry.name);
      if (!ahead.has(path)) ahead.set(path, listSafely(source, path));
    }
  }

  return {
    take(path: SharePath, level: Level): Promise<Listing> | Listing {
      const listing = ahead.get(path) ?? listSafely(source, path);
      ahead.delete(path);
      lookAhead(level);
      return listing;
    },
  };
}

function listSafely(source: FileSource, path: SharePath): Promise<Listing> | Listing {
  try {
    const listing = source.list(path);
    return listing instanceof Promise ? listing.catch(toUnlisted) : listing;
  } catch (error) {
    return toUnlisted(error);
  }
}

function toUnlisted(error: unknown): Unlisted {
  return { code: codeOf(error), message: messageOf(error) };
}

function join(directory: SharePath, name: string): SharePath {
  return directory === '' ? name : `${directory}/${name}`;
}
