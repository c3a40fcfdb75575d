import type { FileShareRecord, RecoveryPoint, Segment } from '../../contracts/recovery-point';
import { comparePaths, shownPath } from '../../contracts/share-path';
import type { BlobStore } from '../../ports/blob-store';
import { layout } from '../../repository/layout';
import type { Damage } from './damage';
import type { ExpectedBlobs } from './expected-blobs';
import type { Findings } from './finding';
import { readProven } from './read-proven';
import { checkSegment, type SegmentFacts } from './check-segment';

export interface IndexChecks {
  readonly store: BlobStore;
  readonly expected: ExpectedBlobs;
  readonly damage: Damage;
  readonly findings: Findings;
  /** False for a point whose list of packs could not be read. */
  readonly hasPackList: (point: string) => boolean;
  readonly onBytes: (bytes: number) => void;
}

export interface VerifiedShare {
  readonly id: string;
  readonly share: FileShareRecord;
}

/** Checks the index of points. A segment that several share is read once. @returns segments read. */
export async function checkIndexes(points: readonly RecoveryPoint[], checks: IndexChecks): Promise<number> {
  const { store, damage, findings } = checks;
  const shares = points.flatMap(({ id, fileshare }) => (fileshare?.status === 'succeeded' ? [{ id, share: fileshare }] : []));
  const users = usersOf(shares);
  const known = new Map<string, SegmentFacts | undefined>();

  async function factsOf(segment: Segment): Promise<SegmentFacts | undefined> {
    const name = identity(segment);
    if (known.has(name)) return known.get(name);
    const sharedBy = users.get(name) ?? [];
    const content = await readProven(store, { blob: segment, points: sharedBy, what: describe(segment) }, findings);
    checks.onBytes(content?.length ?? 0);
    const facts = content === undefined ? undefined : checkSegment(content, { segment, points: sharedBy, damage }, findings);
    known.set(name, facts);
    return facts;
  }

  for (const verified of shares) {
    checkOrder(verified, findings);
    const facts: (SegmentFacts | undefined)[] = [];
    for (const segment of verified.share.segments) {
      const found = await factsOf(segment);
      facts.push(found);
      if (found !== undefined && checks.hasPackList(verified.id)) checkPacks(segment, { id: verified.id, facts: found }, checks);
    }
    checkCounts(verified, facts, findings);
  }
  return known.size;
}

export function describe({ first, last, entries }: Segment): string {
  return `the index of ${entries} entries of the share, ${shownPath(first)} to ${shownPath(last)}`;
}

/** The same key recorded with other bounds or another hash is another segment. */
function identity({ key, size, sha256, first, last, entries }: Segment): string {
  return JSON.stringify([key, size, sha256, first, last, entries]);
}

function usersOf(shares: readonly VerifiedShare[]): Map<string, string[]> {
  const users = new Map<string, string[]>();
  for (const { id, share } of shares) {
    for (const segment of share.segments) {
      const name = identity(segment);
      const known = users.get(name) ?? [];
      known.push(id);
      users.set(name, known);
    }
  }
  return users;
}

function checkOrder({ id, share: { segments } }: VerifiedShare, findings: Findings) {
  const out = segments.findIndex((segment, i) => i > 0 && comparePaths(segments[i - 1]?.last ?? '', segment.first) >= 0);
  if (out < 0) return;
  const message = `segment ${out + 1} of its index does not come after the one before it`;
  findings.add({ code: 'index.order', blob: layout.point(id), message, points: [id] });
}

function checkPacks({ key }: Segment, { id, facts }: { id: string; facts: SegmentFacts }, { expected, findings }: IndexChecks) {
  for (const [pack, end] of facts.packs) {
    const blob = expected.find(layout.pack(pack));
    const problem =
      blob?.points.has(id) !== true
        ? `points to pack ${pack}, which the list of packs does not have`
        : end > blob.size
          ? `points beyond the end of pack ${pack}`
          : undefined;
    if (problem !== undefined) findings.add({ code: 'index.extent', blob: key, message: problem, points: [id] });
  }
}

function checkCounts({ id, share }: VerifiedShare, facts: readonly (SegmentFacts | undefined)[], findings: Findings) {
  for (const what of ['files', 'directories', 'symlinks', 'bytes'] as const) {
    let sum = 0;
    for (const part of facts) {
      // What a damaged segment holds cannot be told.
      if (part === undefined) return;
      sum += part.counts[what];
    }
    if (sum === share.counts[what]) continue;
    const message = `records ${share.counts[what]} ${what} in the share, and its index has ${sum}`;
    findings.add({ code: 'index.counts', blob: layout.point(id), message, points: [id] });
  }
}
