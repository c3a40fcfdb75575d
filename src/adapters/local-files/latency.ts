export interface LatencyOptions {
  /** Milliseconds an answer takes on average from which on a source is worth waiting for by promise. */
  readonly slowMs: number;
  /** Answers looked at before anything is said. */
  readonly enough: number;
  /** Questions after which a slow source is looked at anew. */
  readonly patience: number;
}

/** Judges by its latest answers whether a source is slow. One that is local is faster without promises, one on a network by many at once. */
export function createLatency({ slowMs, enough, patience }: LatencyOptions) {
  const weight = 1 / enough;
  let seen = 0;
  let average = 0;
  let askedWhileSlow = 0;

  return {
    /** @param answers how many answers took this long together. */
    took(ms: number, answers = 1) {
      const each = ms / answers;
      seen += answers;
      average += (each - average) * (seen <= enough ? Math.min(1, answers / seen) : Math.min(1, weight * answers));
    },
    isSlow(): boolean {
      if (seen < enough || average <= slowMs) return false;
      askedWhileSlow += 1;
      if (askedWhileSlow < patience) return true;
      askedWhileSlow = 0;
      seen = 0;
      average = 0;
      return false;
    },
  };
}
