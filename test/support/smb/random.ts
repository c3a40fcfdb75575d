/** Numbers that look random and are the same for the same seed (mulberry32). */
export function createRandom(seed: number) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return (value ^ (value >>> 14)) >>> 0;
  };
  return { below: (limit: number) => next() % limit };
}

const nasty = [0, 1, 7, 8, 63, 64, 0x7f, 0x80, 0xff, 0xffff, 0x8000, 0x7fffffff, 0xffffffff];

/** Changes some bytes, puts numbers where they hurt, cuts or lengthens: most of it stays as it was. */
export function mutate(message: Buffer, { below }: ReturnType<typeof createRandom>): Buffer {
  const changed = Buffer.concat([message, Buffer.alloc(below(3) === 0 ? below(40) : 0, below(256))]);
  for (let left = 1 + below(6); left > 0; left--) {
    const at = below(changed.length);
    const value = nasty[below(nasty.length)]!;
    if (below(2) === 0) changed[at] = below(256);
    else if (at + 4 <= changed.length) changed.writeUInt32LE(value, at);
    else changed[at] = value & 0xff;
  }
  return below(4) === 0 ? changed.subarray(0, below(changed.length + 1)) : changed;
}
