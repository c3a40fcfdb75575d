import type { BlobReference, PackReference, RecoveryPoint } from '../../contracts/recovery-point';
import { layout } from '../../repository/layout';
import type { Findings } from './finding';

export interface ExpectedBlob extends BlobReference {
  readonly isPack: boolean;
  /** False for what no restore needs. */
  readonly isNeeded: boolean;
  /** What it holds, where it is no pack of files. */
  readonly what: string | undefined;
  /** Ids of the points that need it. */
  readonly points: Set<string>;
}

type Kind = Pick<ExpectedBlob, 'isPack' | 'isNeeded' | 'what'>;
/** What a record names beside what is restored. */
type NamedBlob = BlobReference & Pick<ExpectedBlob, 'isNeeded' | 'what'>;

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
      for (const blob of namedBlobs(point)) expect(point.id, blob, { isPack: false, isNeeded: blob.isNeeded, what: blob.what });
    },
    addPacks(id: string, packs: readonly PackReference[]) {
      for (const { pack, size, sha256, journal: isJournal } of packs) {
        const kind = isJournal === true ? { isNeeded: false, what: journal } : { isNeeded: true, what: undefined };
        expect(id, { key: layout.pack(pack), size, sha256 }, { ...kind, isPack: true });
      }
    },
    find: (key: string): ExpectedBlob | undefined => expected.get(key),
    all: (): ExpectedBlob[] => [...expected.values()].sort((a, b) => (a.key < b.key ? -1 : 1)),
  };
}
export type ExpectedBlobs = ReturnType<typeof createExpectedBlobs>;

/** The blobs that a record itself names, but for the index and the list of packs. */
export function namedBlobs({ databases, fileshare, runbook }: RecoveryPoint): NamedBlob[] {
  const beside = (what: string) => (blob: BlobReference) => ({ ...blob, isNeeded: false, what });
  const runbooks = runbook === undefined ? [] : [runbook.md, runbook.html, runbook.json];
  const backups = (databases?.items ?? []).flatMap((item) =>
    item.status === 'succeeded'
      ? item.files.map((file) => ({ ...file, isNeeded: true, what: `the backup of ${item.database} on ${item.server}` }))
      : [],
  );
  const named = [...runbooks.map(beside('the runbook; hubkeep runbook makes another')), ...backups];
  if (fileshare?.status !== 'succeeded') return named;
  const { content, failed } = fileshare;
  const lists = failed.all === undefined ? [] : [failed.all];
  return [
    ...named,
    ...content.map(beside('what later runs look up so as to store no content twice')),
    ...lists.map(beside('the list of files that could not be copied')),
  ];
}
