import type { BlobStore, ByteRange } from '../../src/ports/blob-store';

export interface ReadRequest {
  readonly key: string;
  readonly range: ByteRange | undefined;
}

/** A store that remembers what was read of it, and how many bytes that were. */
export function createCountingStore(store: BlobStore, onBytes: (total: number) => void = () => undefined) {
  const requests: ReadRequest[] = [];
  let bytes = 0;
  const count = (length: number) => {
    bytes += length;
    onBytes(bytes);
  };
  const counting: BlobStore = {
    ...store,
    async read(key, range) {
      requests.push({ key, range });
      const found = await store.read(key, range);
      count(found.content.length);
      return found;
    },
    async *stream(key, range) {
      requests.push({ key, range });
      for await (const chunk of store.stream(key, range)) {
        count(chunk.length);
        yield chunk;
      }
    },
  };
  return {
    store: counting,
    bytes: () => bytes,
    of: (prefix: string) => requests.filter(({ key }) => key.startsWith(prefix)),
  };
}
