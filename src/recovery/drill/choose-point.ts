import type { RecoveryPoint } from '../../contracts/recovery-point';
import { HubkeepError } from '../../errors/hubkeep-error';
import { isSuspect } from '../../repository/marks';
import type { RecoveryPoints } from '../../repository/recovery-points';

/** The point that a drill rehearses: the newest complete one that is not suspect, or where there is none the newest partial one. */
export async function choosePoint(points: RecoveryPoints): Promise<RecoveryPoint> {
  let partial: RecoveryPoint | undefined;
  for await (const { point } of points.newestFirst()) {
    if (isSuspect(await points.marks(point.id))) continue;
    if (point.outcome === 'complete') return point;
    partial ??= point;
  }
  if (partial !== undefined) return partial;
  throw new HubkeepError('point.not-found', 'there is no recovery point to rehearse: none, or all of them are suspect', {
    hint: 'Name one by its id.',
  });
}
