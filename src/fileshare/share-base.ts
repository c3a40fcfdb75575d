import type { BlobReference, FileShareRecord, Segment } from '../contracts/recovery-point';
import type { ShareBase } from '../contracts/share-copy';
import { HubkeepError } from '../errors/hubkeep-error';
import type { BlobStore } from '../ports/blob-store';
import type { RecoveryPoints } from '../repository/recovery-points';
import { readBoxes } from '../repository/share-boxes';

/** What a box builds upon: lines to compare with, and content that need not be stored again. */
export interface ResolvedBase {
  readonly segments: readonly Segment[];
  readonly content: readonly BlobReference[];
}

export async function resolveBase(store: BlobStore, points: RecoveryPoints, base: ShareBase): Promise<ResolvedBase> {
  if (base.kind === 'nothing') return { segments: [], content: [] };
  if (base.kind === 'point') return shareOf(points, base.id);
  const segments: Segment[] = [];
  for await (const box of readBoxes(store, base.results)) segments.push(...box.segments);
  const content = base.point === null ? [] : (await shareOf(points, base.point)).content;
  return { segments, content };
}

async function shareOf(points: RecoveryPoints, id: string): Promise<FileShareRecord> {
  const { point } = await points.read(id);
  if (point.fileshare?.status !== 'succeeded')
    throw new HubkeepError('point.component-missing', `recovery point ${id} has no file share`);
  return point.fileshare;
}
