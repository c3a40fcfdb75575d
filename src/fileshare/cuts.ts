import type { Partition } from '../contracts/share-copy';
import type { SharePath } from '../contracts/share-path';

/** No name holds a NUL, so that a path that ends in one is between two names and never one itself. */
const nothing = '\0';

/** The cut between a path and whatever comes after it, be it below it. */
export const cutAfter = (path: SharePath): SharePath => `${path}/${nothing}`;

/** The cut behind a path and everything below it. */
export const cutBehindAllOf = (path: SharePath): SharePath => `${path}${nothing}`;

/** The paths that a cut lies below, outermost first. */
export function pathsAround(cut: SharePath): SharePath[] {
  return [...cut.matchAll(/\//g)].map(({ index }) => cut.slice(0, index));
}

/** A stretch of paths that is not divided, and how much work it is. */
export interface Stretch {
  /** The cut at its end. */
  readonly end: SharePath;
  readonly weight: number;
}

/** Cuts between stretches in path order, at most `parts - 1`, so that what lies between them is about equal work. */
export function cutEvenly(stretches: readonly Stretch[], parts: number): SharePath[] {
  const total = stretches.reduce((sum, { weight }) => sum + weight, 0);
  const cuts: SharePath[] = [];
  let passed = 0;
  let share = 0;
  for (const { end, weight } of stretches.slice(0, -1)) {
    passed += weight;
    const reached = Math.floor((passed * parts) / total);
    if (reached > share && reached < parts) cuts.push(end);
    share = reached;
  }
  return cuts;
}

/** The range between two neighbouring cuts; the first and the last have no bound on their outer side. */
export function partitionAt(cuts: readonly SharePath[], number: number): Partition {
  const after = cuts[number - 1];
  const before = cuts[number];
  return { number, ...(after === undefined ? {} : { after }), ...(before === undefined ? {} : { before }) };
}
