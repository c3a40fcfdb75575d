import type { ActivityMap } from '../contracts/activities';
import { asOutcome } from '../errors/to-problem';
import { choosePoint } from '../recovery/drill/choose-point';
import type { Drills } from '../recovery/drill/drills';
import { firstDrill } from '../recovery/drill/start-drill';
import type { RecoveryPoints } from '../repository/recovery-points';

type BeginDrill = ActivityMap['begin-drill'];

export function createBeginDrill({ drills, points }: { readonly drills: Drills; readonly points: RecoveryPoints }) {
  return ({ request }: BeginDrill['input']): Promise<BeginDrill['output']> =>
    asOutcome(async () => {
      // Of one that is begun again the point is the same, whatever was committed meanwhile.
      const known = request.point ?? (await drills.find(request.drillId))?.recoveryPoint;
      const recoveryPoint = known ?? (await choosePoint(points)).id;
      await drills.write({ ...firstDrill(request), recoveryPoint });
      return { recoveryPoint };
    });
}
