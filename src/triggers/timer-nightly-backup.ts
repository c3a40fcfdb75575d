import { codeOf, isHubkeepError } from '../errors/hubkeep-error';
import { messageOf } from '../errors/message-of';
import { toProblem } from '../errors/to-problem';
import type { WorkflowClient } from '../workflow/workflow-client';
import type { ApiServices } from './api-services';
import { slotOf } from './nightly-slot';
import { startBackup } from './start-backup';

export const nightlyBackupName = 'timer-nightly-backup';

type TimerServices = Pick<ApiServices, 'config' | 'clock' | 'log' | 'startRun' | 'notifier'>;

export interface NightlyTry {
  /** Whether nobody tries again to start this night: then the operator is told. */
  readonly isLastTry: boolean;
}

/** Starts the run of this night's slot, once however often it is called. Throws what keeps it from starting, but for another run. */
export function createNightlyBackup({ config, clock, log, startRun, notifier }: TimerServices) {
  async function tell(slot: Date, error: unknown): Promise<void> {
    const document = { stamp: config.stampName, status: 'not-started', slot: slot.toISOString(), problem: toProblem(error) };
    await notifier?.notify(document).catch((unheard: unknown) => log.error('timer.notify', { reason: messageOf(unheard) }));
  }

  return async (engine: WorkflowClient, { isLastTry }: NightlyTry): Promise<void> => {
    const slot = slotOf(config.schedule, clock.now());
    try {
      const { runId } = await startBackup(startRun, engine, { components: config.components, trigger: 'timer', slot });
      log.info('timer.started', { runId, slot: slot.toISOString() });
    } catch (error) {
      const fields = {
        slot: slot.toISOString(),
        code: codeOf(error),
        reason: messageOf(error),
      };
      if (codeOf(error) !== 'run.busy') {
        log.error('timer.not-started', fields);
        if (isLastTry) await tell(slot, error);
        throw error;
      }
      log.warn('timer.busy', { ...fields, runId: isHubkeepError(error) ? error.details['runId'] : undefined });
    }
  };
}
