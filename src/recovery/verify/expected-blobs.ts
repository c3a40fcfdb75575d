import type { BlobReference, PackReference, RecoveryPoint } from '../../contracts/recovery-point';
import { layout } from '../../repository/layout';
import type { Findings } from './finding';

export interface ExpectedBlob extends BlobReference {
  readonly isPack: boolean;
  /** Ids of the points that need it. */
  readonly points: Set<string>;
}

/** The blobs that recovery points need, each once however many points share it. */
export function createExpectedBlobs(findings: Findings) {
  const expected = new Map<string, ExpectedBlob>();

  function expect(point: string, { key, size, sha256 }: BlobReference, isPack = false) {
    const known = expected.get(key) ?? { key, size, sha256, isPack, points: new Set() };
    expected.set(key, known);
    known.points.add(point);
    if (known.size === size && known.sha256 === sha256) return;
    findings.add({
      code: 'blob.conflict',
      blob: key,
      message: 'is recorded differently by two recovery points',
      points: [...known.points],
    });
  }

  return {
    /** What the record itself names, but for the index and the pack list: those are read in any case. */
    addPoint({ id, fileshare, databases }: RecoveryPoint) {
      for (const item of databases?.items ?? []) {
        if (item.status === 'succeeded') for (const file of item.files) expect(id, file);
      }
      if (fileshare?.status !== 'succeeded') return;
      for (const blob of fileshare.content) expect(id, blob);
      if (fileshare.failed.all !== undefined) expect(id, fileshare.failed.all);
    },
    addPacks(id: string, packs: readonly PackReference[]) {
      for (const { pack, size, sha256 } of packs) expect(id, { key: layout.pack(pack), size, sha256 }, true);
    },
    find: (key: string): ExpectedBlob | undefined => expected.get(key),
    all: (): ExpectedBlob[] => [...expected.values()].sort((a, b) => (a.key < b.key ? -1 : 1)),
  };
}
export type ExpectedBlobs = ReturnType<typeof createExpectedBlobs>;
