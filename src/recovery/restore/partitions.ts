import type { Segment } from '../../contracts/recovery-point';

/** More ranges than lanes: a lane that is done early takes on less of what the number of entries does not tell. */
const partitionsPerLane = 4;

export function partitionsFor(segments: readonly Segment[], width: number): number {
  return Math.max(1, Math.min(width * partitionsPerLane, segments.length));
}

/** One of so many ranges with about as many entries each. The same for everybody who asks. */
export function segmentsOf(
  segments: readonly Segment[],
  { partition, partitions }: { partition: number; partitions: number },
): Segment[] {
  const all = segments.reduce((sum, { entries }) => sum + entries, 0);
  let before = 0;
  return segments.filter(({ entries }) => {
    const middle = before + entries / 2;
    before += entries;
    return Math.min(partitions - 1, Math.floor((middle / all) * partitions)) === partition;
  });
}
