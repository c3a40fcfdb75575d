import type { Extent } from '../../repository/index-entry';

/** Bytes that are not what they should be. */
export interface DamagedRange {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/** Larger than any blob, and a number that JSON can carry. */
export const everything: DamagedRange = { from: 0, to: Number.MAX_SAFE_INTEGER };

/** Which parts of which blobs cannot be trusted. */
export type Damage = Map<string, readonly DamagedRange[]>;

export function isHit({ offset, length }: Extent, ranges: readonly DamagedRange[]): boolean {
  return ranges.some(({ from, to }) => offset < to && offset + length > from);
}
