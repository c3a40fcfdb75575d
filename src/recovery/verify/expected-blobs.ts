import type { BlobReference, PackReference, RecoveryPoint } from '../../contracts/recovery-point';
import { layout } from '../../repository/layout';
import { failedList, type Findings, instructions, lookedUpOnly } from './finding';

export interface ExpectedBlob extends BlobReference {
  readonly isPack: boolean;
  /** What it holds, where it is no pack of files. */
  readonly what: string | undefined;
  /** Ids of the points that need it. */
  readonly points: Set<string>;
}

type Kind = Pick<ExpectedBlob, 'isPack' | 'what'>;

const journal = 'what a run removed and took from earlier packs, for rebuilding an index; no file of the share';

/** The blobs that recovery points need, each once however many points share it. */
export function createExpectedBlobs(findings: Findings) {
  const expected = new Map<string, ExpectedBlob>();

  function expect(point: string, { key, size, sha256 }: BlobReference, kind: Kind) {
    const known = expected.get(key) ?? { key, size, sha256, ...kind, points: new Set() };
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
    addPoint(point: RecoveryPoint) {
      for (const { what, ...blob } of namedBlobs(point)) expect(point.id, blob, { isPack: false, what });
    },
    addPacks(id: string, packs: readonly PackReference[]) {
      for (const { pack, size, sha256, journal: isJournal } of packs) {
        const what = isJournal === true ? journal : undefined;
        expect(id, { key: layout.pack(pack), size, sha256 }, { isPack: true, what });
      }
    },
    find: (key: string): ExpectedBlob | undefined => expected.get(key),
    all: (): ExpectedBlob[] => [...expected.values()].sort((a, b) => (a.key < b.key ? -1 : 1)),
  };
}
export type ExpectedBlobs = ReturnType<typeof createExpectedBlobs>;

/** The blobs that a record itself names, but for the index and the list of packs. */
export function namedBlobs({ databases, fileshare, runbook }: RecoveryPoint): (BlobReference & { readonly what: string })[] {
  const runbooks =
    runbook === undefined ? [] : [runbook.md, runbook.html, runbook.json].map((blob) => ({ ...blob, what: instructions }));
  const backups = (databases?.items ?? []).flatMap((item) =>
    item.status === 'succeeded'
      ? item.files.map((file) => ({ ...file, what: `the backup of ${item.database} on ${item.server}` }))
      : [],
  );
  if (fileshare?.status !== 'succeeded') return [...runbooks, ...backups];
  const { content, failed } = fileshare;
  return [
    ...runbooks,
    ...backups,
    ...content.map((blob) => ({ ...blob, what: lookedUpOnly })),
    ...(failed.all === undefined ? [] : [{ ...failed.all, what: failedList }]),
  ];
}
