import type { BlobStore } from '../../src/ports/blob-store';

/** Requests a store would be sent. */
export interface Requests {
  reads: number;
  writes: number;
  lists: number;
}

/** Counts what goes to a store. A large blob counts as one write, which it is up to the size of a block. */
export function countRequests(store: BlobStore): BlobStore & { readonly requests: Requests } {
  const requests: Requests = { reads: 0, writes: 0, lists: 0 };
  return {
    ...store,
    requests,
    put: (...input) => ((requests.writes += 1), store.put(...input)),
    putLarge: (...input) => ((requests.writes += 1), store.putLarge(...input)),
    read: (...input) => ((requests.reads += 1), store.read(...input)),
    stat: (...input) => ((requests.reads += 1), store.stat(...input)),
    list: (...input) => ((requests.lists += 1), store.list(...input)),
  };
}
