/** Zeroes out of the memory that small buffers share: each with memory of its own costs several times as much. */
export function zeroed(size: number): Buffer {
  return Buffer.allocUnsafe(size).fill(0);
}
