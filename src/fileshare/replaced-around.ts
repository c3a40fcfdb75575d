import type { SharePath } from '../contracts/share-path';
import type { FileSource, SourceEntry } from '../ports/file-source';
import { pathsAround } from './cuts';

/**
 * The first path around a cut that is something else than a directory by now, for nothing below a file or link can be
 * restored. What is gone or cannot be looked at counts as there.
 */
export async function replacedAround(source: FileSource, cut: SharePath): Promise<SharePath | undefined> {
  for (const path of pathsAround(cut)) {
    const entry = await look(source, path);
    if (entry === undefined || entry.problem !== undefined) return undefined;
    if (entry.kind !== 'directory') return path;
  }
  return undefined;
}

async function look(source: FileSource, path: SharePath): Promise<SourceEntry | undefined> {
  const slash = path.lastIndexOf('/');
  try {
    const entries = await source.list(slash < 0 ? '' : path.slice(0, slash));
    return entries.find(({ name }) => name === path.slice(slash + 1));
  } catch {
    return undefined;
  }
}
