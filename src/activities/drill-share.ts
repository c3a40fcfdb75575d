import type { ActivityMap } from '../contracts/activities';
import { asOutcome } from '../errors/to-problem';
import { drillShare, type ShareDrillDeps } from '../recovery/drill/drill-share';
import type { RecoveryPoints } from '../repository/recovery-points';

type DrillShare = ActivityMap['drill-share'];

export function createDrillShare(deps: ShareDrillDeps & { readonly points: RecoveryPoints }) {
  return async ({ request, recoveryPoint }: DrillShare['input']): Promise<DrillShare['output']> => {
    const outcome = await asOutcome(async () => {
      const { point } = await deps.points.read(recoveryPoint);
      const { fileshare: share } = point;
      if (share?.status !== 'succeeded')
        return { result: { status: 'skipped', reason: `${recoveryPoint} holds no file share` } as const };
      return { result: await drillShare(deps, { drillId: request.drillId, point, share }) };
    });
    return outcome.status === 'failed' ? outcome : outcome.result;
  };
}
