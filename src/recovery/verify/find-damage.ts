import type { FileShareRecord } from '../../contracts/recovery-point';
import type { BlobStore } from '../../ports/blob-store';
import { layout } from '../../repository/layout';
import { readPackList } from '../../repository/share-record';
import { inParallel } from '../in-parallel';
import type { Damage } from './damage';
import { readBlob } from './read-blob';

const readsInFlight = 4;

/** Reads every pack of a share and tells which parts of them cannot be restored from. */
export async function findDamage(store: BlobStore, share: FileShareRecord, onBytes: (bytes: number) => void): Promise<Damage> {
  const damage: Damage = new Map();
  const packs = await readPackList(store, share.packs.key);
  await inParallel(packs, readsInFlight, async ({ pack, size, sha256 }) => {
    const blob = {
      key: layout.pack(pack),
      size,
      sha256,
      isPack: true,
      isNeeded: true,
      what: undefined,
      points: new Set<string>(),
    };
    const { damaged } = await readBlob(store, blob, onBytes);
    if (damaged.length > 0) damage.set(blob.key, damaged);
  });
  return damage;
}
