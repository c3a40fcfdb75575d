import { HubkeepError } from '../errors/hubkeep-error';
import type { BlobStore } from '../ports/blob-store';
import { isHandOver, runOf } from '../repository/layout';

/** A run leaves a few kilobytes, unless very many files could not be copied. */
const keptBytes = 4 * 1024 * 1024;

/**
 * The store as it is seen by runs that live and die with this process. What their steps hand over to one another stays in
 * memory as far as it is small, with the store's guarantees: no other process can take part in such a run.
 */
export function createHandOverStore(store: BlobStore): BlobStore & { forget(runId: string): void } {
  /** Nothing stands for what was stored after all. */
  const known = new Map<string, Buffer | undefined>();
  let bytes = 0;

  function keep(key: string, content: Buffer | undefined) {
    bytes += (content?.length ?? 0) - (known.get(key)?.length ?? 0);
    known.set(key, content);
  }

  return {
    ...store,
    async put(key, content, options = {}) {
      if (!isHandOver(key)) return store.put(key, content, options);
      if (options.onlyIfAbsent === true && known.has(key))
        throw new HubkeepError('store.exists', `${key} exists in this process`);
      const fits = bytes + content.byteLength <= keptBytes;
      const { etag } = fits ? { etag: '' } : await store.put(key, content, options);
      keep(key, fits ? Buffer.from(content) : undefined);
      return { etag };
    },
    async read(key, range) {
      if (!isHandOver(key)) return store.read(key, range);
      if (!known.has(key)) throw new HubkeepError('store.not-found', `there is no ${key} in this process`);
      const content = known.get(key);
      return content === undefined ? store.read(key, range) : { content, etag: '' };
    },
    forget(runId) {
      for (const [key, content] of known) {
        if (runOf(key) !== runId) continue;
        known.delete(key);
        bytes -= content?.length ?? 0;
      }
    },
  };
}
