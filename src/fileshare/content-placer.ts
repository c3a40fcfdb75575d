import type { Clock } from '../ports/clock';
import type { ReadResult } from '../ports/file-source';
import type { ContentHash } from '../repository/content-hash';
import type { Found } from '../repository/content/content-file';
import type { ContentIndex } from '../repository/content/open-content-index';
import type { Extent } from '../repository/index-entry';
import type { PackBuilder } from '../repository/pack-builder';
import type { FileResult, FileTask, Reuse } from './file-task';
import type { KnownContents } from './known-contents';
import { racyMs } from './limits';

export interface ContentPlacerOptions {
  readonly builder: PackBuilder;
  readonly known: KnownContents;
  readonly earlier: ContentIndex;
  readonly clock: Clock;
  readonly onResult: (result: FileResult) => void;
}

/** A file that has been read. */
export interface ReadFile {
  readonly task: FileTask;
  readonly read: ReadResult;
  readonly hash: ContentHash;
  /** When its reading began, in milliseconds since 1970. */
  readonly startedAt: number;
}

/** Finds the content of files where it already is, or puts it into a pack; results come when the place is known. */
export function createContentPlacer({ builder, known, earlier, clock, onResult }: ContentPlacerOptions) {
  function respond({ task, read, hash, startedAt }: ReadFile, extent: Extent | undefined, reused?: Reuse) {
    const mtime = Number(read.mtime) * 1000;
    const racy = mtime > startedAt - racyMs && mtime < clock.now().getTime() + racyMs;
    onResult({
      id: task.id,
      status: 'copied',
      size: read.size,
      ...timesOf(read),
      hash: hash.text,
      ...(extent === undefined ? {} : { extent }),
      racy: racy || read.changed,
      changing: read.changed,
      reused,
    });
  }

  function memberOf({ task, read, hash }: ReadFile) {
    return { path: task.path, ...timesOf(read), comment: hash.text };
  }

  function link(file: ReadFile, entry: number) {
    builder.add({ ...memberOf(file), type: 'Link', target: known.pathOf(entry) });
    builder.afterwards(() => {
      respond(file, known.extentOf(entry), 'linked');
    });
  }

  function reuseEarlier(file: ReadFile, found: Found | undefined): boolean {
    if (found?.size !== file.read.size) return false;
    respond(file, found.extent, 'earlier');
    return true;
  }

  /** Meanwhile the same content may have come under another name. */
  function reuseFound(file: ReadFile, found: Found | undefined): boolean {
    const entry = known.find(file.hash.raw);
    if (entry === undefined) return reuseEarlier(file, found);
    link(file, entry);
    return true;
  }

  return {
    /** Answers for a file whose content need not be stored. @returns false when it must be. */
    reuse(file: ReadFile): boolean | Promise<boolean> {
      const { task, read, hash } = file;
      if (read.size === 0) return false;
      if (hash.text === task.knownHash) {
        respond(file, undefined, 'same');
        return true;
      }
      const entry = known.find(hash.raw);
      if (entry !== undefined) {
        link(file, entry);
        return true;
      }
      const before = earlier.find(hash.raw);
      return before instanceof Promise ? before.then((found) => reuseFound(file, found)) : reuseEarlier(file, before);
    },
    /** Stores content held whole. */
    store(file: ReadFile, content: Uint8Array) {
      const { task, read, hash } = file;
      const member = { ...memberOf(file), type: 'File' } as const;
      if (read.size === 0) {
        builder.add(member);
        respond(file, undefined);
        return;
      }
      let entry = -1;
      const skip = builder.add(member, content, (range) => {
        known.place(entry, range);
        respond(file, { ...range, skip });
      });
      entry = known.add({ hash: hash.raw, size: read.size, path: task.path, skip });
    },
    /** A file that was stored as a pack of its own. */
    stored(file: ReadFile, extent: Extent) {
      const { task, read, hash } = file;
      const { skip, ...range } = extent;
      if (known.find(hash.raw) === undefined) {
        known.place(known.add({ hash: hash.raw, size: read.size, path: task.path, skip }), range);
      }
      respond(file, extent);
    },
    /** A file of which nothing is left to store. */
    empty(file: ReadFile) {
      respond(file, undefined);
    },
  };
}

export type ContentPlacer = ReturnType<typeof createContentPlacer>;

function timesOf(read: ReadResult) {
  return read.ctime === undefined ? { mtime: read.mtime } : { mtime: read.mtime, ctime: read.ctime };
}
