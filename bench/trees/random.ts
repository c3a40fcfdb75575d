/** Numbers from 0 up to but not including `below`, the same ones for the same seed. */
export type Random = (below: number) => number;

/** Marsaglia's xorshift with 32 bits: fast and even, no good for secrets. */
export function createRandom(seed: number): Random {
  let state = seed | 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.floor(((state >>> 0) / 2 ** 32) * below);
  };
}
