import type { SharePath } from '../contracts/share-path';
import { type IndexEntry, type IndexLine, toLine } from '../repository/index-entry';
import type { Slot } from './index-groups';
import type { CopiedFile } from './file-task';
import { noCounts } from '../repository/share-counts';

/** Counts what a box saw, and which packs its lines point to. */
export function createBoxLedger() {
  const counts = noCounts();
  const packs = new Set<string>();

  return {
    counts,
    packs,
    /** Nothing about it is different. */
    kept({ entry }: IndexLine) {
      if (entry.type === 'file') counts.unchanged += 1;
    },
    removed({ entry }: IndexLine) {
      if (entry.type === 'file') counts.removed += 1;
    },
    excluded() {
      counts.excluded += 1;
    },
    /** The line of a file that was read; the base's own line when nothing about it is different. */
    copied(path: SharePath, result: CopiedFile, before: IndexLine | undefined): IndexLine {
      counts.bytesRead += result.size;
      const earlier = before?.entry.type === 'file' && before.entry.hash === result.hash ? before.entry.extent : undefined;
      const extent = earlier ?? result.extent;
      const line = toLine({
        path,
        mtime: result.mtime,
        ...(result.ctime === undefined ? {} : { ctime: result.ctime }),
        type: 'file',
        size: result.size,
        hash: result.hash,
        ...(extent === undefined ? {} : { extent }),
        ...(result.racy ? { racy: true as const } : {}),
      });
      if (before?.line === line.line) {
        counts.unchanged += 1;
        return before;
      }
      if (before === undefined) counts.added += 1;
      else if (!isSameFile(before.entry, line.entry)) counts.changed += 1;
      else counts.unchanged += 1;
      if (result.reused !== undefined) counts.reused += 1;
      return line;
    },
    /** A group whose lines are final. */
    closed(slots: readonly Slot[]) {
      for (const { line } of slots) {
        if (line === undefined) continue;
        const { entry } = line;
        if (entry.stale !== undefined) counts.stale += 1;
        if (entry.type === 'directory') counts.directories += 1;
        else if (entry.type === 'symlink') counts.symlinks += 1;
        else {
          counts.files += 1;
          counts.bytes += entry.size;
          if (entry.extent !== undefined) packs.add(entry.extent.pack);
        }
      }
    },
  };
}

/** Equal but for marks about how sure the copy is. */
function isSameFile(a: IndexEntry, b: IndexEntry): boolean {
  return (
    a.type === 'file' && b.type === 'file' && a.hash === b.hash && a.size === b.size && a.mtime === b.mtime && a.ctime === b.ctime
  );
}
