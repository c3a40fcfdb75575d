import picomatch from 'picomatch';
import { comparePaths, isWithin, type SharePath } from '../contracts/share-path';
import type { Segment } from '../contracts/recovery-point';

export interface Selection {
  /** Asked for one path after the other, in path order. */
  includes(path: SharePath): boolean;
  /** False for a segment in which no path can be included. */
  reaches(segment: Pick<Segment, 'first' | 'last'>): boolean;
}

const everything: Selection = { includes: () => true, reaches: () => true };

/** What globs over share paths select; everything when there is none. A directory that matches brings all it holds. */
export function createSelection(globs: readonly string[]): Selection {
  if (globs.length === 0) return everything;
  // As a shell completes them: ./site/ and /site/ are site.
  const plain = globs.map((glob) => glob.replace(/^(?:\.?\/)+(?=.)/, '').replace(/(?<=.)\/+$/, ''));
  const matches = picomatch(plain, { dot: true });
  const bases = plain.map(literalBase);
  let within: SharePath | undefined;
  return {
    includes(path) {
      if (within !== undefined && isWithin(path, within)) return true;
      if (!matches(path)) return false;
      within = path;
      return true;
    },
    reaches: ({ first, last }) =>
      bases.some((base) => isWithin(first, base) || (comparePaths(first, base) < 0 && comparePaths(base, last) <= 0)),
  };
}

/** What all that a glob can match lies in, as far as the glob begins with plain names. */
function literalBase(glob: string): SharePath {
  const { base, prefix, negated } = picomatch.scan(glob);
  const isPlain = !negated && (prefix === '' || prefix === './') && !/[\\(){}[\]*?|]/.test(base);
  return isPlain ? base.replace(/\/+$/, '') : '';
}
