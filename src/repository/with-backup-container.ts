import { codeOf } from '../errors/hubkeep-error';
import type { BlobStat, BlobStore, ByteRange } from '../ports/blob-store';
import { layout } from './layout';

/**
 * A store that also knows the backups that SQL Server wrote into a container of its own: names of databases are looked for
 * there when the store itself has none. Nothing is ever written there.
 * @param backups its own names are those of the store.
 */
export function withBackupContainer(store: BlobStore, backups: BlobStore): BlobStore {
  const isBackup = (key: string) => key.startsWith(layout.databases);

  async function either<T>(key: string, ask: (place: BlobStore) => Promise<T>): Promise<T> {
    try {
      return await ask(store);
    } catch (error) {
      if (!isBackup(key) || !isMissing(error)) throw error;
      return ask(backups).catch((other: unknown) => {
        throw isMissing(other) ? error : other;
      });
    }
  }

  async function* stream(key: string, range?: ByteRange): AsyncGenerator<Buffer> {
    const chunks = await either(key, (place) => begin(place.stream(key, range)));
    yield* chunks;
  }

  return {
    ...store,
    read: (key, range) => either(key, (place) => place.read(key, range)),
    stat: (key) => either(key, (place) => place.stat(key)),
    stream,
    list: (prefix) => (isBackup(prefix) ? merge(store.list(prefix), presentOnly(backups.list(prefix))) : store.list(prefix)),
    async remove(key) {
      await store.remove(key);
      if (isBackup(key)) await backups.remove(key).catch(ignoreMissing);
    },
  };
}

function isMissing(error: unknown): boolean {
  return codeOf(error) === 'store.not-found';
}

function ignoreMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}

/** Asks for the first chunk, so that a missing blob is noticed before anything is handed on. */
async function begin(stream: AsyncIterable<Buffer>): Promise<AsyncIterable<Buffer>> {
  const chunks = stream[Symbol.asyncIterator]();
  const first = await chunks.next();
  return {
    async *[Symbol.asyncIterator]() {
      try {
        for (let next = first; next.done !== true; next = await chunks.next()) yield next.value;
      } finally {
        await chunks.return?.();
      }
    },
  };
}

/** A stamp that never took this road has no such container, and a signature for the other one does not open it. */
async function* presentOnly(blobs: AsyncIterable<BlobStat>): AsyncGenerator<BlobStat> {
  try {
    yield* blobs;
  } catch (error) {
    if (!isMissing(error) && codeOf(error) !== 'store.unauthorized') throw error;
  }
}

/** Both in ascending order; a name that both have is the first one's. */
async function* merge(one: AsyncIterable<BlobStat>, other: AsyncIterable<BlobStat>): AsyncGenerator<BlobStat> {
  const others = other[Symbol.asyncIterator]();
  try {
    let waiting = await others.next();
    for await (const stat of one) {
      while (waiting.done !== true && waiting.value.key < stat.key) {
        yield waiting.value;
        waiting = await others.next();
      }
      if (waiting.done !== true && waiting.value.key === stat.key) waiting = await others.next();
      yield stat;
    }
    for (; waiting.done !== true; waiting = await others.next()) yield waiting.value;
  } finally {
    await others.return?.();
  }
}
