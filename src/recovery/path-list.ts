import { hash } from 'node:crypto';
import { comparePaths, isWithin, type SharePath } from '../contracts/share-path';
import type { Segment } from '../contracts/recovery-point';

export interface PathList {
  /** In path order, each once. */
  readonly paths: readonly SharePath[];
  /** The same for lists of the same paths. */
  readonly hash: string;
}

/** Exact paths of the share. As a shell completes them: `./site/` and `/site/` are `site`, and `.` is all of it. */
export function createPathList(written: Iterable<SharePath>): PathList {
  const plain = new Set<SharePath>();
  for (const path of written)
    plain.add(
      path
        .replace(/^(?:\.?\/)+/, '')
        .replace(/\/+$/, '')
        .replace(/^\.$/, ''),
    );
  const paths = [...plain].sort(comparePaths);
  return { paths, hash: hash('sha256', paths.map((path) => `${path}\0`).join('')) };
}

/** Follows entries in path order beside the list: each path is looked at once, whatever their numbers. */
export function createListSelection({ paths }: PathList) {
  const found = new Set<number>();
  let next = 0;
  let within: SharePath | undefined;

  return {
    /** Asked for one path after the other, in path order. */
    includes(path: SharePath): boolean {
      for (let listed = paths[next]; listed !== undefined && comparePaths(listed, path) <= 0; listed = paths[++next]) {
        // What is passed and not on the way to this path has nothing below it: that would have come before.
        if (!isWithin(path, listed)) continue;
        found.add(next);
        if (within === undefined || !isWithin(listed, within)) within = listed;
      }
      return within !== undefined && isWithin(path, within);
    },
    reaches({ first, last }: Pick<Segment, 'first' | 'last'>): boolean {
      const at = firstNotBefore(paths, first);
      const listed = paths[at];
      if (listed !== undefined && comparePaths(listed, last) <= 0) return true;
      return ['', ...ancestorsOf(first)].some((above) => paths[firstNotBefore(paths, above)] === above);
    },
    /** What was asked for and did not come, in path order; of all there was, once everything has been asked for. */
    notFound: (): SharePath[] => paths.filter((_, i) => !found.has(i)),
  };
}

/** @param paths in path order. */
export function firstNotBefore(paths: readonly SharePath[], path: SharePath): number {
  let low = 0;
  let high = paths.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (comparePaths(paths[middle] ?? '', path) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** From the top down, without the root. */
export function ancestorsOf(path: SharePath): SharePath[] {
  const above: SharePath[] = [];
  for (let end = path.indexOf('/'); end > 0; end = path.indexOf('/', end + 1)) above.push(path.slice(0, end));
  return above;
}
