import { comparePaths, shownPath, type SharePath } from '../../contracts/share-path';
import { HubkeepError } from '../../errors/hubkeep-error';
import type { FileTarget } from '../../ports/file-target';
import type { Timestamp } from '../../ports/file-source';
import type { IndexEntry } from '../../repository/index-entry';

interface Ancestor {
  readonly path: SharePath;
  /** The path with the slash that what lies below it goes on from. */
  readonly prefix: string;
  /** Unknown where the index has been read from a later place on. */
  readonly mtime: Timestamp | undefined;
  isMade: boolean;
  /** Why nothing can be written here or below. */
  blocked?: string;
}

/**
 * Follows the entries of an index in path order and makes the directories on the way to what is wanted. Holds no more
 * than those of the entry at hand. Refuses an order that would have something written below what is no directory.
 */
export function createShareTree(target: FileTarget) {
  const ancestors: Ancestor[] = [];
  let previous: IndexEntry | undefined;
  let directories = 0;

  function enter(entry: IndexEntry) {
    const { path } = entry;
    if (previous !== undefined) {
      if (comparePaths(previous.path, path) >= 0) throw outOfOrder(path);
      if (previous.type !== 'directory' && path.startsWith(`${previous.path}/`)) throw belowNoDirectory(path, previous);
    }
    previous = entry;
    while (ancestors.length > 0 && !path.startsWith(ancestors.at(-1)?.prefix ?? '')) ancestors.pop();
  }

  /** Parents that have no entry of their own, or whose entry was not read. */
  function addImplied(path: SharePath) {
    const parentEnd = path.lastIndexOf('/');
    let known = ancestors.at(-1)?.prefix.length ?? 0;
    while (parentEnd >= known) {
      const end = path.indexOf('/', known);
      push(path.slice(0, end), undefined);
      known = end + 1;
    }
  }

  function push(path: SharePath, mtime: Timestamp | undefined) {
    ancestors.push({ path, prefix: `${path}/`, mtime, isMade: false });
  }

  /** Gives why what is wanted cannot be written, where it cannot. */
  function makeAncestors(): string | undefined {
    for (const ancestor of ancestors) {
      if (ancestor.blocked !== undefined) return ancestor.blocked;
      if (ancestor.isMade) continue;
      const verdict = target.makeDirectory(ancestor.path, ancestor.mtime);
      ancestor.isMade = true;
      if (verdict.is === 'blocked') return (ancestor.blocked = `${shownPath(ancestor.path)}: ${verdict.why}`);
      directories += 1;
    }
    return undefined;
  }

  return {
    directories: () => directories,
    /** To be called for every entry that was read, wanted or not. Gives why one that is wanted cannot be written, where a directory is in the way. */
    take(entry: IndexEntry, isWanted: boolean): string | undefined {
      enter(entry);
      addImplied(entry.path);
      if (entry.type === 'directory') push(entry.path, entry.mtime);
      return isWanted ? makeAncestors() : undefined;
    },
  };
}

function outOfOrder(path: SharePath): HubkeepError {
  return new HubkeepError('format.damaged', `the index is out of order at ${shownPath(path)}`);
}

function belowNoDirectory(path: SharePath, { path: above, type }: IndexEntry): HubkeepError {
  return new HubkeepError(
    'restore.unsafe-path',
    `the index holds the path ${shownPath(path)} below ${shownPath(above)}, which is a ${type}`,
  );
}
