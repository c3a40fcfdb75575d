import { type ContentFooter, sectionsOf } from './content-format';
import { filterSizes } from './page-filter';

export interface PlannedFile {
  readonly filterSize: number;
  readonly stride: number;
}

const directoryEntry = 4;

/**
 * Which files are held whole: all of them when they take half of the memory, otherwise the smallest, up to a quarter.
 * @returns their numbers.
 */
export function chooseWhole(sizes: readonly number[], memory: number): Set<number> {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let left = total <= memory / 2 ? total : memory / 4;
  const whole = new Set<number>();
  const ascending = sizes.map((size, file) => ({ size, file })).sort((a, b) => a.size - b.size);
  for (const { size, file } of ascending) {
    if (size > left) break;
    left -= size;
    whole.add(file);
  }
  return whole;
}

/**
 * What is held of the files that are read by range: a directory, coarser the more pages there are, in at most an
 * eighth of the memory; then the best filters that fit into `free` beside it, all of the same size or smaller.
 */
export function planRanged(footers: readonly ContentFooter[], { memory, free }: { memory: number; free: number }): PlannedFile[] {
  const pages = footers.map((footer) => sectionsOf(footer).pages);
  const total = pages.reduce((sum, count) => sum + count, 0);
  let stride = 1;
  while ((total * directoryEntry) / stride > memory / 8) stride *= 2;
  const left = free - (total * directoryEntry) / stride;
  const needed = (size: number) =>
    footers.reduce((sum, footer, i) => sum + Math.min(size, footer.filterSize) * (pages[i] ?? 0), 0);
  const filterSize = stride > 1 ? 0 : (filterSizes.find((size) => needed(size) <= left) ?? 0);
  return footers.map((footer) => ({ filterSize: Math.min(filterSize, footer.filterSize), stride }));
}
