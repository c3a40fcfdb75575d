import type { ActivityMap } from '../contracts/activities';
import { verificationSchema } from '../contracts/verification';
import { asOutcome } from '../errors/to-problem';
import type { BlobStore } from '../ports/blob-store';
import type { Clock } from '../ports/clock';
import { recordVerification } from '../recovery/verify/record-verification';
import type { Verifier } from '../recovery/verify/verify';
import { readJsonIfPresent, writeJson } from '../repository/json-blob';
import { layout } from '../repository/layout';
import type { RecoveryPoints } from '../repository/recovery-points';
import { readBoxes } from './verify-box';

type Settle = ActivityMap['settle-verification'];

export interface SettleServices {
  readonly store: BlobStore;
  readonly verifier: Verifier;
  readonly points: RecoveryPoints;
  readonly clock: Clock;
}

export function createSettleVerification({ store, verifier, points, clock }: SettleServices) {
  return ({ request, recoveryPoint, boxes }: Settle['input']): Promise<Settle['output']> =>
    asOutcome(async () => {
      const { drillId, share, startedAt: since } = request;
      const key = layout.drillVerification(drillId);
      const earlier = await readJsonIfPresent(store, key, verificationSchema);
      if (earlier !== undefined) return { findings: earlier.findings.length };
      const read = await readBoxes(store, drillId, boxes);
      const verification = await verifier.finish({ target: recoveryPoint, share, since }, read);
      await recordVerification(points, verification, clock.now());
      await writeJson(store, key, verification);
      return { findings: verification.findings.length };
    });
}
