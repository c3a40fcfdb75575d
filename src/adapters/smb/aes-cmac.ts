// AES-128-CMAC, RFC 4493. Node's crypto has no CMAC, so it is made of CBC: the last cipher block is the code.
import { createCipheriv, type KeyObject } from 'node:crypto';

const blockSize = 16;
const zeroBlock = Buffer.alloc(blockSize);
/** What CBC puts out on the way to the last block is thrown away, so long messages go through in pieces. */
const pieceSize = 65_536;

export function createAesCmac(key: KeyObject): (message: Buffer) => Buffer {
  const zeroes = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(zeroBlock);
  const wholeMask = double(zeroes);
  const paddedMask = double(wholeMask);

  return (message) => {
    const isWhole = message.length > 0 && message.length % blockSize === 0;
    const lastAt = isWhole ? message.length - blockSize : message.length - (message.length % blockSize);
    const last = Buffer.alloc(blockSize);
    message.copy(last, 0, lastAt);
    if (!isWhole) last[message.length - lastAt] = 0x80;
    const mask = isWhole ? wholeMask : paddedMask;
    for (let i = 0; i < blockSize; i++) last[i] = (last[i] ?? 0) ^ (mask[i] ?? 0);

    const cipher = createCipheriv('aes-128-cbc', key, zeroBlock).setAutoPadding(false);
    for (let at = 0; at < lastAt; at += pieceSize) cipher.update(message.subarray(at, Math.min(at + pieceSize, lastAt)));
    return cipher.update(last);
  };
}

/** Multiplies by x in GF(2^128). */
function double(block: Buffer): Buffer {
  const doubled = Buffer.alloc(blockSize);
  let carry = 0;
  for (let i = blockSize - 1; i >= 0; i--) {
    const byte = block[i] ?? 0;
    doubled[i] = (byte << 1) | carry;
    carry = byte >> 7;
  }
  if (carry !== 0) doubled[blockSize - 1] = (doubled[blockSize - 1] ?? 0) ^ 0x87;
  return doubled;
}
