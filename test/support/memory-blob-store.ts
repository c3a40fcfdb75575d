import { createHash } from 'node:crypto';
import type { BlobStat, BlobStore, ByteRange, PutOptions } from '../../src/ports/blob-store';
import { HubkeepError } from '../../src/errors/hubkeep-error';

interface Held {
  readonly stat: BlobStat;
  readonly content: Buffer;
}

/** The blob store port in memory: for tests of what is built on it. Its clock counts writes. */
export function createMemoryBlobStore(): BlobStore {
  const blobs = new Map<string, Held>();
  let writes = 0;

  function find(key: string): Held {
    const held = blobs.get(key);
    if (held === undefined) throw new HubkeepError('store.not-found', `Cannot read ${key} in memory: it does not exist`);
    return held;
  }

  function write(key: string, content: Buffer, options: PutOptions): { etag: string } {
    const before = blobs.get(key);
    if (options.onlyIfAbsent && before !== undefined)
      throw new HubkeepError('store.exists', `Cannot write ${key} in memory: it exists`);
    if (options.ifMatch !== undefined && before?.stat.etag !== options.ifMatch) {
      throw new HubkeepError('store.precondition-failed', `Cannot write ${key} in memory: it has changed`);
    }
    writes += 1;
    const etag = `"${createHash('sha256').update(`${writes}`).digest('hex').slice(0, 16)}"`;
    const lastModified = new Date(Date.UTC(2026, 0, 1) + writes * 1000);
    blobs.set(key, { content, stat: { key, size: content.length, etag, lastModified, sha256: options.sha256 } });
    return { etag };
  }

  return {
    location: 'memory:',
    ensure: async () => undefined,
    put: async (key, content, options = {}) => write(key, Buffer.from(content), options),
    async putLarge(key, content, { sha256, onlyIfAbsent = false } = {}) {
      const chunks: Buffer[] = [];
      for await (const chunk of content) chunks.push(Buffer.from(chunk));
      const whole = Buffer.concat(chunks);
      const { etag } = write(key, whole, { onlyIfAbsent, ...(sha256 === undefined ? {} : { sha256: sha256() }) });
      return { etag, size: whole.length };
    },
    async read(key, range) {
      const { content, stat } = find(key);
      return { content: Buffer.from(cut(content, range)), etag: stat.etag };
    },
    async *stream(key, range) {
      const content = cut(find(key).content, range);
      const middle = content.length >> 1;
      for (const part of [content.subarray(0, middle), content.subarray(middle)]) if (part.length > 0) yield Buffer.from(part);
    },
    stat: async (key) => find(key).stat,
    async *list(prefix) {
      const found = [...blobs.values()].map(({ stat }) => stat).filter(({ key }) => key.startsWith(prefix));
      yield* found.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
    },
    remove: async (key) => void blobs.delete(key),
  };
}

function cut(content: Buffer, range: ByteRange | undefined): Buffer {
  return range === undefined ? content : content.subarray(range.offset, range.offset + range.length);
}
