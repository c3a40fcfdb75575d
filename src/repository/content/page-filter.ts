/*
 * A Bloom filter for each page of 256 records: 3072 bits, 12 for each record, six of them set for each. Never wrong when
 * it says no; when a record is not there it says yes once in 270 times. Folded in half, once in 16; in quarters, two in five.
 */
const probes = 6;
const firstProbe = 20;
const bitsOf = 3072;

/** Bytes of a whole filter, of one folded in half and of one folded twice. */
export const filterSizes = [bitsOf / 8, bitsOf / 16, bitsOf / 32] as const;
export const [wholeFilter] = filterSizes;

/** The bits of a hash are numbers 0 to 3071 made of its last twelve bytes: 16 bits each, times 3, over 64. */
function bitOf(hash: Buffer, at: number, probe: number): number {
  return (hash.readUInt16LE(at + firstProbe + 2 * probe) * 3) >> 6;
}

/** Adds the hash at `at` of `hashes` to a filter, which is the whole buffer. */
export function addToFilter(filter: Buffer, hashes: Buffer, at: number) {
  const bits = filter.length * 8;
  for (let probe = 0; probe < probes; probe++) {
    const bit = bitOf(hashes, at, probe) % bits;
    filter[bit >> 3] = (filter[bit >> 3] ?? 0) | (1 << (bit & 7));
  }
}

/** False only when the page has no record with this hash. @param filters one after the other, `size` bytes each. */
export function mayHold(
  { filters, size }: { readonly filters: Buffer; readonly size: number },
  page: number,
  hash: Buffer,
): boolean {
  const start = page * size;
  for (let probe = 0; probe < probes; probe++) {
    const bit = bitOf(hash, 0, probe) % (size * 8);
    if (((filters[start + (bit >> 3)] ?? 0) & (1 << (bit & 7))) === 0) return false;
  }
  return true;
}

/** Folds one filter to the size of `into`: bits that fall on each other are joined. */
export function foldFilter(filter: Buffer, into: Buffer) {
  into.fill(0);
  for (let at = 0; at < filter.length; at++) into[at % into.length] = (into[at % into.length] ?? 0) | (filter[at] ?? 0);
}
