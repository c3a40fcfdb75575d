/** Sizes of large contents, ascending and distinct; `any` when there are too many to tell them apart. */
export type LargeSizes = Float64Array | 'any';

export const noSizes = new Float64Array(0);

/** The sizes of several files as one list of at most `most`. */
export function joinSizes(a: LargeSizes, b: LargeSizes, most: number): LargeSizes {
  if (a === 'any' || b === 'any') return 'any';
  const all = new Float64Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  all.sort();
  let distinct = 0;
  for (const size of all) if (distinct === 0 || all[distinct - 1] !== size) all[distinct++] = size;
  return distinct > most ? 'any' : all.slice(0, distinct);
}

export function hasSize(sizes: LargeSizes, size: number): boolean {
  if (sizes === 'any') return true;
  let low = 0;
  let high = sizes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sizes[middle] ?? 0) < size) low = middle + 1;
    else high = middle;
  }
  return sizes[low] === size;
}
