/**
 * Gives the memory of a buffer back at once: to be called by its owner when nobody uses it any more. Left to the garbage
 * collector such memory adds up to many times what is in use, because V8 hardly counts it. What Node shares between
 * small buffers stays.
 */
export function releaseMemory({ buffer, length }: Buffer): void {
  if (!(buffer instanceof ArrayBuffer)) return;
  const isOwn = buffer.byteLength > Buffer.poolSize || buffer.byteLength === length;
  if (isOwn && length > 0) buffer.transfer(0);
}
