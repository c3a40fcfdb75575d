/** First capacity of a segment, in slots. */
const firstSlots = 16;
/** A segment grows by a quarter when three quarters of it are taken: memory stays near what is used, probes stay short. */
const fullest = 0.75;
const growth = 1.25;
const segmentCount = 256;

export interface HashSlotsOptions {
  /** The raw sha256 of an entry: the bytes from `at` of `bytes`. */
  readonly hashOf: (entry: number) => { readonly bytes: Buffer; readonly at: number };
}

interface Segment {
  /** Entry number + 1, 0 for a free slot. */
  slots: Uint32Array;
  taken: number;
}

/**
 * Finds entry numbers by raw sha256: open addressing over 256 segments (by the hash's first byte), so that growth moves
 * one segment's numbers at a time. Holds 5.3 to 6.7 bytes an entry and no hash: those are asked for.
 */
export function createHashSlots({ hashOf }: HashSlotsOptions) {
  const segments: Segment[] = Array.from({ length: segmentCount }, () => ({ slots: new Uint32Array(firstSlots), taken: 0 }));
  let slotCount = segmentCount * firstSlots;

  const segmentOf = (hash: Buffer, at: number) => segments[hash[at] ?? 0] as Segment;

  function isAt(entry: number, hash: Buffer): boolean {
    const { bytes, at } = hashOf(entry);
    return hash.compare(bytes, at, at + 32) === 0;
  }

  function insert(slots: Uint32Array, entry: number, { bytes, at }: { bytes: Buffer; at: number }) {
    let slot = homeOf(bytes, at, slots.length);
    while (slots[slot] !== 0) slot = slot + 1 === slots.length ? 0 : slot + 1;
    slots[slot] = entry + 1;
  }

  function grow(segment: Segment) {
    const larger = new Uint32Array(Math.ceil(segment.slots.length * growth));
    for (const taken of segment.slots) if (taken !== 0) insert(larger, taken - 1, hashOf(taken - 1));
    slotCount += larger.length - segment.slots.length;
    segment.slots = larger;
  }

  return {
    find(hash: Buffer): number | undefined {
      const { slots } = segmentOf(hash, 0);
      for (let slot = homeOf(hash, 0, slots.length); ; slot = slot + 1 === slots.length ? 0 : slot + 1) {
        const taken = slots[slot] ?? 0;
        if (taken === 0) return undefined;
        if (isAt(taken - 1, hash)) return taken - 1;
      }
    },
    /** Adds an entry whose hash is not there yet. */
    add(entry: number) {
      const hash = hashOf(entry);
      const segment = segmentOf(hash.bytes, hash.at);
      if (segment.taken >= segment.slots.length * fullest) grow(segment);
      insert(segment.slots, entry, hash);
      segment.taken += 1;
    },
    /** Every entry in ascending order of hash; sorts one segment's numbers at a time. */
    *inOrder(): Generator<number> {
      for (const { slots, taken } of segments) {
        const entries = new Uint32Array(taken);
        let filled = 0;
        for (const entry of slots) if (entry !== 0) entries[filled++] = entry - 1;
        yield* entries.sort((a, b) => {
          const [left, right] = [hashOf(a), hashOf(b)];
          return left.bytes.compare(right.bytes, right.at, right.at + 32, left.at, left.at + 32);
        });
      }
    },
    bytes: () => slotCount * Uint32Array.BYTES_PER_ELEMENT,
  };
}

/** Not of the byte that chose the segment. */
function homeOf(hash: Buffer, at: number, slots: number): number {
  return Math.floor((hash.readUInt32LE(at + 4) / 0x1_0000_0000) * slots);
}
