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

  async function putPack({ name, bytes, sha256, release }: BuiltPack) {
    const place = finished.push(false) - 1;
    try {
      await store.put(layout.pack(name), bytes, { onlyIfAbsent: true, sha256 });
      stored.push({ pack: name, size: bytes.length, sha256, encryption: 'none' });
      release();
      finished[place] = true;
      while (finished[finishedThrough] === true) finishedThrough += 1;
      gate.changed();
    } catch (error) {
      gate.fail(error);
    }
  }

  return {
    stored,
    /** Packs put so far. */
    begun: () => finished.length,
    /** Packs put and on their way. */
    running: () => finished.length - finishedThrough,
    /** True when the first `count` packs put are stored. */
    isStoredThrough: (count: number) => finishedThrough >= count,
    put(pack: BuiltPack) {
      void putPack(pack);
    },
    /**
     * Sends a pack while it is made, and counts for none of the above: nothing points to it before it is stored.
     * @param sha256 asked for when the last chunk has been taken.
     * @throws what the store or `chunks` throws: there is no pack then.
     */
    async putStream(name: string, chunks: AsyncIterable<Uint8Array>, sha256: () => string): Promise<void> {
      const { size } = await store.putLarge(layout.pack(name), chunks, { onlyIfAbsent: true, sha256 });
      stored.push({ pack: name, size, sha256: sha256(), encryption: 'none' });
    },
  };
}

export type PackUploads = ReturnType<typeof createPackUploads>;
