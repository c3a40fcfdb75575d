import type { RecoveryPoint } from '../../contracts/recovery-point';
import { HubkeepError } from '../../errors/hubkeep-error';
import type { BlobStore } from '../../ports/blob-store';
import { checkChain } from './check-chain';
import { checkPackList } from './check-pack-list';
import { checkPresence } from './check-presence';
import type { Damage } from './damage';
import { createExpectedBlobs, type ExpectedBlob, type ExpectedBlobs } from './expected-blobs';
import { createFindings, type Findings } from './finding';

/** What there is to verify, and what is known to be wrong before anything is read of it. */
export interface VerifyPlan {
  /** Newest first. */
  readonly targets: readonly RecoveryPoint[];
  /** All whose record is whole, newest first. */
  readonly intact: readonly RecoveryPoint[];
  readonly expected: ExpectedBlobs;
  /** All that is expected, the index and lists of packs apart. */
  readonly blobs: readonly ExpectedBlob[];
  readonly damage: Damage;
  readonly findings: Findings;
  /** Ids of the points whose list of packs can be relied upon. */
  readonly withPackList: ReadonlySet<string>;
}

/**
 * Checks the chain of records, whole, and which blobs the points need.
 * @param target a point's id, or `all`.
 * @throws `point.not-found`, and what the store throws when it cannot be read at all.
 */
export async function planVerification(store: BlobStore, target: string): Promise<VerifyPlan> {
  const findings = createFindings();
  const { intact, ids } = await checkChain(store, findings);
  if (target !== 'all' && !ids.has(target)) {
    throw new HubkeepError('point.not-found', `there is no recovery point ${target}`, {
      hint: 'hubkeep list shows those that exist.',
    });
  }
  const targets = target === 'all' ? intact : intact.filter(({ id }) => id === target);
  const expected = createExpectedBlobs(findings);
  const withPackList = new Set<string>();
  for (const point of targets) {
    expected.addPoint(point);
    if (point.fileshare?.status !== 'succeeded') continue;
    const packs = await checkPackList(store, { id: point.id, share: point.fileshare }, findings);
    if (packs === undefined) continue;
    withPackList.add(point.id);
    expected.addPacks(point.id, packs);
  }
  const blobs = expected.all();
  const damage = await checkPresence(store, blobs, findings);
  return { targets, intact, expected, blobs, damage, findings, withPackList };
}
