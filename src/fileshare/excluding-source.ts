import picomatch from 'picomatch';
import type { SharePath } from '../contracts/share-path';
import { shareGlobs } from '../contracts/share-globs';
import type { FileSource, SourceEntry } from '../ports/file-source';

/**
 * The same source with what these globs match left out: such an entry is listed as `excluded`, and what a directory of
 * that kind holds is never asked for.
 */
export function createExcludingSource(source: FileSource, globs: readonly string[]): FileSource {
  if (globs.length === 0) return source;
  const matches = picomatch([...globs], shareGlobs);

  function mark(directory: SharePath, entries: SourceEntry[]): SourceEntry[] {
    return entries.map((entry) => {
      if (!matches(directory === '' ? entry.name : `${directory}/${entry.name}`)) return entry;
      return { name: entry.name, kind: 'other', size: 0, mtime: entry.mtime, excluded: true };
    });
  }

  return {
    ...source,
    list(directory) {
      const listed = source.list(directory);
      return listed instanceof Promise ? listed.then((entries) => mark(directory, entries)) : mark(directory, listed);
    },
  };
}
