export interface LatencyOptions {
  /** Milliseconds an answer takes from which on it is worth waiting for by promise. */
  readonly slowMs: number;
  /** Answers looked at before anything is said. */
  readonly enough: number;
  /** Questions after which a slow source is looked at anew. */
  readonly patience: number;
}

/**
 * Judges by its latest answers whether a source is slow. One that is local is faster without promises, one on a network by
 * many at once. Slow is a source most of whose answers are: a busy machine makes single ones slow, and the mean with them.
 */
export function createLatency({ slowMs, enough, patience }: LatencyOptions) {
  let seen = 0;
  let slowShare = 0;
  let askedWhileSlow = 0;

  return {
    /** @param answers how many answers took this long together. */
    took(ms: number, answers = 1) {
      const isSlow = ms / answers > slowMs ? 1 : 0;
      seen += answers;
      slowShare += (isSlow - slowShare) * Math.min(1, answers / Math.min(seen, enough));
    },
    isSlow(): boolean {
      if (seen < enough || slowShare <= 0.5) return false;
      askedWhileSlow += 1;
      if (askedWhileSlow < patience) return true;
      askedWhileSlow = 0;
      seen = 0;
      slowShare = 0;
      return false;
    },
  };
}
