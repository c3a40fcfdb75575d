import picomatch from 'picomatch';
import { comparePaths, isWithin, type SharePath } from '../../contracts/share-path';
import type { Segment } from '../../contracts/recovery-point';
import { ancestorsOf, createListSelection, type PathList } from '../path-list';

export interface Selection {
  /** Asked for one path after the other, in path order. */
  includes(path: SharePath): boolean;
  /** False for a segment in which no path can be included. */
  reaches(segment: Pick<Segment, 'first' | 'last'>): boolean;
  /** Paths of a list that did not come. */
  notFound(): readonly SharePath[];
}

const everything: Selection = { includes: () => true, reaches: () => true, notFound: () => [] };
const nothing: Selection = { ...everything, includes: () => false, reaches: () => false };

/** What globs over share paths or a list of paths select; everything when there is neither. A directory that is selected brings all it holds. */
export function createSelection(globs: readonly string[], list?: PathList): Selection {
  if (list === undefined) return globs.length === 0 ? everything : selectionOf(globs);
  const listed = createListSelection(list);
  const matched = globs.length === 0 ? nothing : selectionOf(globs);
  return {
    includes: (path) => {
      // Both follow the paths, so both are asked.
      const isListed = listed.includes(path);
      return matched.includes(path) || isListed;
    },
    reaches: (segment) => listed.reaches(segment) || matched.reaches(segment),
    notFound: listed.notFound,
  };
}

function selectionOf(globs: readonly string[]): Selection {
  // As a shell completes them: ./site/ and /site/ are site.
  const plain = globs.map((glob) => glob.replace(/^(?:\.?\/)+(?=.)/, '').replace(/(?<=.)\/+$/, ''));
  const matches = picomatch(plain, { dot: true });
  const bases = plain.map(literalBase);
  let within: SharePath | undefined;
  let isFirst = true;
  return {
    includes(path) {
      // Where the index is read from a later place on, a directory that matches may have come before.
      if (isFirst) within = ancestorsOf(path).find((above) => matches(above));
      isFirst = false;
      if (within !== undefined && isWithin(path, within)) return true;
      if (!matches(path)) return false;
      within = path;
      return true;
    },
    reaches: ({ first, last }) =>
      bases.some((base) => isWithin(first, base) || (comparePaths(first, base) < 0 && comparePaths(base, last) <= 0)),
    notFound: () => [],
  };
}

/** What all that a glob can match lies in, as far as the glob begins with plain names. */
function literalBase(glob: string): SharePath {
  const { base, prefix, negated } = picomatch.scan(glob);
  const isPlain = !negated && (prefix === '' || prefix === './') && !/[\\(){}[\]*?|]/.test(base);
  return isPlain ? base.replace(/\/+$/, '') : '';
}
