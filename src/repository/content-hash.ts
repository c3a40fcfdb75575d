import { createHash, hash } from 'node:crypto';

/** The hash of a file as the index carries it, and its raw form for lookups. */
export interface ContentHash {
  readonly text: string;
  readonly raw: Buffer;
}

export const partedFrom = 1024 * 1024 * 1024;
const partSize = 256 * 1024 * 1024;

/** sha256 of content held whole, at most 1 GiB. */
export function hashOf(content: Uint8Array): ContentHash {
  return named(hash('sha256', content, 'buffer'));
}

/** The same from a sha256 that is there already; `raw` is copied. */
export function toContentHash(raw: Uint8Array): ContentHash {
  return named(Buffer.from(raw));
}

function named(raw: Buffer): ContentHash {
  return { text: `sha256:${raw.toString('hex')}`, raw };
}

/**
 * Hash of streamed content. Up to 1 GiB it is sha256; above, sha256 over the sha256 of each 256 MiB part, because such
 * a hash can stop at a part and go on later.
 */
export function createContentHash(size: number) {
  return size > partedFrom ? createPartedHash() : createPlainHash();
}

function createPlainHash() {
  const sha256 = createHash('sha256');
  return {
    update(chunk: Uint8Array) {
      sha256.update(chunk);
    },
    digest(): ContentHash {
      return named(sha256.digest());
    },
  };
}

function createPartedHash() {
  const whole = createHash('sha256');
  let part = createHash('sha256');
  let filled = 0;
  return {
    update(chunk: Uint8Array) {
      for (let at = 0; at < chunk.length;) {
        const piece = chunk.subarray(at, at + partSize - filled);
        part.update(piece);
        filled += piece.length;
        at += piece.length;
        if (filled < partSize) continue;
        whole.update(part.digest());
        part = createHash('sha256');
        filled = 0;
      }
    },
    digest(): ContentHash {
      if (filled > 0) whole.update(part.digest());
      const raw = whole.digest();
      return { text: `sha256-parts:${raw.toString('hex')}`, raw };
    },
  };
}
