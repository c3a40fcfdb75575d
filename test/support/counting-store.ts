import type { BlobStore } from '../../src/ports/blob-store';

/** Counts the requests that a store gets, and which blobs they are for. */
export function countRequests(store: BlobStore) {
  const requests: string[] = [];
  const count = (what: string, key: string) => {
    requests.push(`${what} ${key}`);
  };
  const counted: BlobStore = {
    ...store,
    put: (key, ...rest) => (count('put', key), store.put(key, ...rest)),
    putLarge: (key, ...rest) => (count('put', key), store.putLarge(key, ...rest)),
    read: (key, range) => (count('read', key), store.read(key, range)),
    stream: (key, range) => (count('read', key), store.stream(key, range)),
    stat: (key) => (count('stat', key), store.stat(key)),
  };
  return { store: counted, requests };
}
