/** The middle value, of an even number the mean of the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? NaN) + upper) / 2 : upper;
}

/**
 * The median of the quotients of values that were measured next to each other.
 *
 * @throws when one side has a value without a partner.
 */
export function ratioOfPairs(ours: readonly number[], theirs: readonly number[]): number {
  if (ours.length !== theirs.length) throw new Error(`${ours.length} values have no pairs with ${theirs.length}`);
  return median(ours.map((value, i) => value / (theirs[i] ?? NaN)));
}
