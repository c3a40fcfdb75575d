import type { RecoveryPoint } from '../../contracts/recovery-point';
import type { Finding } from '../../contracts/verification';
import type { BlobStore } from '../../ports/blob-store';
import { layout } from '../../repository/layout';
import { readPackList } from '../../repository/share-record';
import { vaultPlace } from './check-secrets';
import { namedBlobs } from './expected-blobs';

/** Adds to each finding the points, of those that were not looked at, which need the same blob. */
export async function withDependents(
  findings: readonly Finding[],
  points: readonly RecoveryPoint[],
  store: BlobStore,
): Promise<Finding[]> {
  if (findings.length === 0) return [];
  const hit = new Set(findings.map(({ blob }) => blob));
  const needing = new Map<string, string[]>();
  for (const point of points) {
    for (const blob of await needed(point, hit, store)) needing.set(blob, [...(needing.get(blob) ?? []), point.id]);
  }
  return findings.map((finding) => ({
    ...finding,
    points: [...new Set([...finding.points, ...(needing.get(finding.blob) ?? [])])],
  }));
}

/** Of the blobs that are hit, those the point needs. */
async function needed(point: RecoveryPoint, hit: ReadonlySet<string>, store: BlobStore): Promise<Set<string>> {
  const { fileshare, secrets } = point;
  const named = namedBlobs(point).map(({ key }) => key);
  if (secrets?.status === 'succeeded') named.push(vaultPlace(secrets));
  if (fileshare?.status === 'succeeded') {
    named.push(fileshare.packs.key, ...fileshare.segments.map(({ key }) => key));
    const isPackHit = [...hit].some((key) => key.startsWith(layout.allPacks));
    if (isPackHit) named.push(...(await packsOf(store, fileshare.packs.key)));
  }
  return new Set(named.filter((key) => hit.has(key)));
}

/** A list that cannot be read is found when its own point is verified. */
async function packsOf(store: BlobStore, key: string): Promise<string[]> {
  try {
    return (await readPackList(store, key)).map(({ pack }) => layout.pack(pack));
  } catch {
    return [];
  }
}
