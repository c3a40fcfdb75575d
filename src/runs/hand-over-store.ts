import { HubkeepError } from '../errors/hubkeep-error';
import type { BlobStore } from '../ports/blob-store';
import { isHandOver, runOf } from '../repository/layout';

/**
 * The store as it is seen by runs that live and die with this process. What their steps hand over to one another stays in
 * memory, with the store's guarantees: no other process can take part in such a run, and the next run begins anew.
 */
export function createHandOverStore(store: BlobStore): BlobStore & { forget(runId: string): void } {
  const kept = new Map<string, Buffer>();
  return {
    ...store,
    async put(key, content, options = {}) {
      if (!isHandOver(key)) return store.put(key, content, options);
      if (options.onlyIfAbsent === true && kept.has(key)) throw new HubkeepError('store.exists', `${key} exists in this process`);
      kept.set(key, Buffer.from(content));
      return { etag: '' };
    },
    async read(key, range) {
      if (!isHandOver(key)) return store.read(key, range);
      const content = kept.get(key);
      if (content === undefined) throw new HubkeepError('store.not-found', `there is no ${key} in this process`);
      return { content, etag: '' };
    },
    forget(runId) {
      for (const key of kept.keys()) if (runOf(key) === runId) kept.delete(key);
    },
  };
}
