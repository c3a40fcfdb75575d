import type { ActivityMap } from '../contracts/activities';
import type { Component } from '../contracts/components';
import { asOutcome } from '../errors/to-problem';
import type { Clock } from '../ports/clock';
import { choosePoint } from '../recovery/drill/choose-point';
import { closeLostDrills } from '../recovery/drill/close-lost-drills';
import type { Drills } from '../recovery/drill/drills';
import { firstDrill } from '../recovery/drill/start-drill';
import type { RecoveryPoints } from '../repository/recovery-points';

type BeginDrill = ActivityMap['begin-drill'];

export interface BeginDrillServices {
  readonly drills: Drills;
  readonly points: RecoveryPoints;
  readonly clock: Clock;
  /** What is configured to be backed up. */
  readonly components: readonly Component[];
}

export function createBeginDrill({ drills, points, clock, components }: BeginDrillServices) {
  return ({ request }: BeginDrill['input']): Promise<BeginDrill['output']> =>
    asOutcome(async () => {
      await closeLostDrills(drills, clock.now());
      // Of one that is begun again the point is the same, whatever was committed meanwhile.
      const known = request.point ?? (await drills.find(request.drillId))?.recoveryPoint;
      const recoveryPoint = known ?? (await choosePoint(points, components)).id;
      await drills.write({ ...firstDrill(request), recoveryPoint });
      return { recoveryPoint };
    });
}
