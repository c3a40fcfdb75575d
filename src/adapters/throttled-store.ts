import type { BlobStore } from '../ports/blob-store';
import type { Clock } from '../ports/clock';

/** What may pass at once after a pause: enough that a timer's tick does not count. */
const burstMs = 250;

/**
 * A store whose content travels, up and down together, at no more than so many bytes a second on average. A blob that
 * is put in one request waits for all its bytes before it is sent. Listings and properties are not counted.
 */
export function createThrottledStore(store: BlobStore, bytesPerSecond: number, clock: Clock): BlobStore {
  const spend = createTokenBucket(bytesPerSecond, clock);

  async function* held<T extends Uint8Array>(chunks: AsyncIterable<T>): AsyncGenerator<T> {
    for await (const chunk of chunks) {
      await spend(chunk.length);
      yield chunk;
    }
  }

  return {
    ...store,
    async put(key, content, options) {
      await spend(content.length);
      return store.put(key, content, options);
    },
    putLarge: (key, content, options) => store.putLarge(key, held(content), options),
    async read(key, range) {
      const found = await store.read(key, range);
      await spend(found.content.length);
      return found;
    },
    stream: (key, range) => held(store.stream(key, range)),
  };
}

/** Waits until as many tokens have dripped into the bucket as are spent. Who comes first is served first. */
function createTokenBucket(perSecond: number, clock: Clock): (tokens: number) => Promise<void> {
  let paidUntil = 0;
  return async (tokens) => {
    const now = clock.now().getTime();
    paidUntil = Math.max(paidUntil, now) + (tokens / perSecond) * 1000;
    const wait = paidUntil - now - burstMs;
    if (wait > 0) await clock.sleep(wait);
  };
}
