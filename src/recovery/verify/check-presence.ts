import type { BlobStat, BlobStore } from '../../ports/blob-store';
import { everything, type Damage } from './damage';
import type { ExpectedBlob } from './expected-blobs';
import { findingOf, type Findings } from './finding';

/** Checks that blobs are there with the size and the hash they were stored with, by listing: one request tells of thousands. */
export async function checkPresence(store: BlobStore, blobs: readonly ExpectedBlob[], findings: Findings): Promise<Damage> {
  const damage: Damage = new Map();
  for (const [folder, expected] of byFolder(blobs)) {
    const there = new Map<string, BlobStat>();
    for await (const stat of store.list(folder)) there.set(stat.key, stat);
    for (const blob of expected) {
      const problem = problemOf(blob, there.get(blob.key));
      if (problem === undefined) continue;
      damage.set(blob.key, [everything]);
      findings.add(findingOf(blob, problem));
    }
  }
  return damage;
}

function problemOf({ size, sha256 }: ExpectedBlob, stat: BlobStat | undefined) {
  if (stat === undefined) return { code: 'blob.missing', message: 'is missing' } as const;
  if (stat.size !== size) return { code: 'blob.size', message: `has ${stat.size} bytes instead of ${size}` } as const;
  if (stat.sha256 === undefined || stat.sha256 === sha256) return undefined;
  return { code: 'blob.hash', message: 'was stored with another hash than the one recorded' } as const;
}

/** `packs/{runId}/` and the like. */
function byFolder(blobs: readonly ExpectedBlob[]): Map<string, ExpectedBlob[]> {
  const folders = new Map<string, ExpectedBlob[]>();
  for (const blob of blobs) {
    const folder = `${blob.key.split('/').slice(0, 2).join('/')}/`;
    const known = folders.get(folder) ?? [];
    known.push(blob);
    folders.set(folder, known);
  }
  return folders;
}
