import type { SharePath } from '../contracts/share-path';
import type { Clock } from '../ports/clock';
import type { FileSource, SourceEntry } from '../ports/file-source';
import { cutAfter, cutBehindAllOf, type Stretch } from './cuts';

/** What looking at a share before it is copied may cost. */
export const outlineBounds = { listings: 2_000, entries: 200_000, ms: 60_000 };

interface Seen {
  readonly path: SharePath;
  /** What a directory holds that has not been listed is one stretch. */
  readonly unlisted: boolean;
}

export interface OutlineOptions {
  readonly source: FileSource;
  readonly clock: Clock;
  /** No level is listed below one that has so many directories. */
  readonly enough: number;
}

/**
 * The top of a share in path order, level by level until there are enough directories to divide. What a directory holds
 * that was not listed weighs as much as the listed ones hold on average: a guess, and all there is before a first backup.
 * @throws what listing the root throws.
 */
export async function outline({ source, clock, enough }: OutlineOptions): Promise<Stretch[]> {
  const deadline = clock.now().getTime() + outlineBounds.ms;
  let seen = (await source.list('')).map((entry) => seenAs('', entry));
  let listings = 1;

  /** One level further down; nothing when it would cost too much. */
  async function lower(): Promise<Seen[] | undefined> {
    const next: Seen[] = [];
    for (const item of seen) {
      if (next.length > outlineBounds.entries || clock.now().getTime() > deadline) return undefined;
      const entries = item.unlisted ? await listSafely(source, item.path) : undefined;
      if (entries === undefined) next.push(item);
      else next.push({ ...item, unlisted: false }, ...entries.map((entry) => seenAs(item.path, entry)));
    }
    return next;
  }

  for (;;) {
    const directories = seen.filter(({ unlisted }) => unlisted).length;
    if (directories === 0 || directories >= enough || listings + directories > outlineBounds.listings) break;
    const next = await lower();
    if (next === undefined) break;
    seen = next;
    listings += directories;
  }
  const usual = Math.max(1, seen.length / listings);
  return seen.map(({ path, unlisted }) =>
    unlisted ? { end: cutBehindAllOf(path), weight: usual } : { end: cutAfter(path), weight: 1 },
  );
}

function seenAs(directory: SharePath, { name, kind }: SourceEntry): Seen {
  return { path: directory === '' ? name : `${directory}/${name}`, unlisted: kind === 'directory' };
}

/** Nothing for a directory that cannot be listed: the copy will tell of it. */
async function listSafely(source: FileSource, path: SharePath): Promise<SourceEntry[] | undefined> {
  try {
    return await source.list(path);
  } catch {
    return undefined;
  }
}
