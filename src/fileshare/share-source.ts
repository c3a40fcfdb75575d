import type { FileSource } from '../ports/file-source';
import { createExcludingSource } from './excluding-source';
import { createWatchedSource } from './watched-source';

/** The share as everything here looks at it: with what is to be left out marked, and told from one that went away. */
export function createShareSource(source: FileSource, exclude: readonly string[]): FileSource {
  return createExcludingSource(createWatchedSource(source), exclude);
}
