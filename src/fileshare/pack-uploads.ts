import type { PackReference } from '../contracts/recovery-point';
import type { BlobStore } from '../ports/blob-store';
import { layout } from '../repository/layout';
import type { BuiltPack } from '../repository/pack-builder';
import type { Gate } from './gate';

/** Sends packs to the store, several at a time. A failure fails the gate. */
export function createPackUploads(store: BlobStore, gate: Gate) {
  const stored: PackReference[] = [];
  const finished: boolean[] = [];
  let finishedThrough = 0;

  function begin(): () => void {
    const place = finished.push(false) - 1;
    return () => {
      finished[place] = true;
      while (finished[finishedThrough] === true) finishedThrough += 1;
      gate.changed();
    };
  }

  async function putPack({ name, bytes, sha256, release }: BuiltPack, done: () => void) {
    try {
      await store.put(layout.pack(name), bytes, { onlyIfAbsent: true, sha256 });
      stored.push({ pack: name, size: bytes.length, sha256, encryption: 'none' });
      release();
      done();
    } catch (error) {
      gate.fail(error);
    }
  }

  return {
    stored,
    /** Packs handed over so far. */
    begun: () => finished.length,
    /** Packs on their way. */
    running: () => finished.length - finishedThrough,
    /** True when the first `count` packs handed over are stored. */
    isStoredThrough: (count: number) => finishedThrough >= count,
    put(pack: BuiltPack) {
      void putPack(pack, begin());
    },
    /**
     * Sends a pack while it is made.
     * @param sha256 asked for when the last chunk has been taken.
     * @throws what the store or `chunks` throws: there is no pack then.
     */
    async putStream(name: string, chunks: AsyncIterable<Uint8Array>, sha256: () => string): Promise<void> {
      const done = begin();
      try {
        const { size } = await store.putLarge(layout.pack(name), chunks, { onlyIfAbsent: true, sha256 });
        stored.push({ pack: name, size, sha256: sha256(), encryption: 'none' });
      } finally {
        done();
      }
    },
  };
}

export type PackUploads = ReturnType<typeof createPackUploads>;
