import type { IndexEntry } from '../repository/index-entry';
import type { PlainMember } from './file-task';

/** What a pack holds of a directory or a symlink. */
export function memberOf(entry: IndexEntry): PlainMember {
  const { path, mtime, ctime } = entry;
  const times = ctime === undefined ? { mtime } : { mtime, ctime };
  return entry.type === 'symlink'
    ? { type: 'SymbolicLink', path, ...times, target: entry.target }
    : { type: 'Directory', path, ...times };
}
