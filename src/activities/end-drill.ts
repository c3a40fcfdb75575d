import type { ActivityMap } from '../contracts/activities';
import { verificationSchema } from '../contracts/verification';
import { codeOf } from '../errors/hubkeep-error';
import { messageOf } from '../errors/message-of';
import { asOutcome } from '../errors/to-problem';
import type { BlobStore } from '../ports/blob-store';
import type { Clock } from '../ports/clock';
import type { Log } from '../ports/log';
import type { Notifier } from '../ports/notifier';
import { concludeDrill } from '../recovery/drill/conclude';
import type { Drills } from '../recovery/drill/drills';
import { recordDrill } from '../recovery/drill/record-drill';
import { readJsonIfPresent } from '../repository/json-blob';
import { layout } from '../repository/layout';
import type { RecoveryPoints } from '../repository/recovery-points';

export interface EndDrillServices {
  readonly store: BlobStore;
  readonly drills: Drills;
  readonly points: RecoveryPoints;
  readonly clock: Clock;
  readonly log: Log;
  readonly notifier: Notifier | undefined;
  readonly stamp: string;
}

type EndDrill = ActivityMap['end-drill'];

export function createEndDrill({ store, drills, points, clock, log, notifier, stamp }: EndDrillServices) {
  return ({ request, steps }: EndDrill['input']): Promise<EndDrill['output']> =>
    asOutcome(async () => {
      const { drillId } = request;
      const { recoveryPoint, problems, share, databases } = steps;
      const verification = await readJsonIfPresent(store, layout.drillVerification(drillId), verificationSchema);
      const point = recoveryPoint === undefined ? undefined : await readPoint(recoveryPoint);
      const drill = concludeDrill(request, { point, verification, share, databases, problems }, clock.now());
      await drills.write(drill);
      await recordDrill(points, drill);
      await drills.tidy(drillId);
      const { status } = drill;
      log[status === 'succeeded' ? 'info' : 'error']('drill.end', { drill: drillId, status });
      if (status !== 'succeeded') await notify({ stamp, drill });
      return { drill: status };
    });

  /** What is wrong with its record is told already. */
  async function readPoint(id: string) {
    try {
      return (await points.read(id)).point;
    } catch (error) {
      if (codeOf(error) !== 'format.damaged' && codeOf(error) !== 'point.not-found') throw error;
      return undefined;
    }
  }

  async function notify(document: unknown) {
    await notifier?.notify(document).catch((error: unknown) => {
      log.warn('drill.notify', { code: codeOf(error), reason: messageOf(error) });
    });
  }
}
