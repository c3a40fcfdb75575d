import { hash } from 'node:crypto';
import type { BlobReference } from '../../contracts/recovery-point';
import type { BlobStore } from '../../ports/blob-store';
import { readIfPresent } from '../../repository/read-if-present';
import type { Findings } from './finding';

export interface ProvenBlob {
  readonly blob: BlobReference;
  readonly points: readonly string[];
  /** What it holds, for the finding. */
  readonly what: string;
}

/** A blob's content when it is what was recorded; otherwise a finding and nothing. */
export async function readProven(
  store: BlobStore,
  { blob, points, what }: ProvenBlob,
  findings: Findings,
): Promise<Buffer | undefined> {
  const content = await readIfPresent(store, blob.key);
  const problem =
    content === undefined
      ? ({ code: 'blob.missing', message: 'is missing' } as const)
      : content.length !== blob.size
        ? ({ code: 'blob.size', message: `has ${content.length} bytes instead of ${blob.size}` } as const)
        : hash('sha256', content, 'hex') !== blob.sha256
          ? ({ code: 'blob.changed', message: 'holds other bytes than were stored' } as const)
          : undefined;
  if (problem === undefined) return content;
  findings.add({ ...problem, blob: blob.key, what, points: [...points] });
  return undefined;
}
