import { type BigIntStats, constants } from 'node:fs';
import type { SharePath } from '../../contracts/share-path';
import { replacedEntry } from './translate-error';

/**
 * Whatever took the place of a file since it was listed is not read in its stead: a link is not followed, and a pipe
 * without a writer does not hold the reader up. On Windows both flags are undefined and count as nothing.
 */
export const plainFile = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export function refuseOther(path: SharePath, stats: BigIntStats) {
  if (!stats.isFile()) throw replacedEntry(path);
}
