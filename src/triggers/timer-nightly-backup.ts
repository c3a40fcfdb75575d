import { codeOf, isHubkeepError } from '../errors/hubkeep-error';
import { messageOf } from '../errors/message-of';
import type { WorkflowClient } from '../workflow/workflow-client';
import type { ApiServices } from './api-services';
import { slotOf } from './nightly-slot';
import { noteNotStarted, type ScheduledTry } from './not-started';
import { startBackup } from './start-backup';

export const nightlyBackupName = 'timer-nightly-backup';

type TimerServices = Pick<ApiServices, 'config' | 'clock' | 'log' | 'startRun' | 'notifier'>;

/** Starts the run of this night's slot, once however often it is called. Throws what keeps it from starting, but for another run. */
export function createNightlyBackup(services: TimerServices) {
  const { config, clock, log, startRun } = services;
  return async (engine: WorkflowClient, { isLastTry }: ScheduledTry): Promise<void> => {
    const slot = slotOf(config.schedule, clock.now());
    try {
      const { runId } = await startBackup(startRun, engine, { components: config.components, trigger: 'timer', slot });
      log.info('timer.started', { runId, slot: slot.toISOString() });
    } catch (error) {
      if (codeOf(error) !== 'run.busy') {
        await noteNotStarted(services, { what: 'backup', slot, error, isLastTry });
        throw error;
      }
      const runId = isHubkeepError(error) ? error.details['runId'] : undefined;
      log.warn('timer.busy', { slot: slot.toISOString(), code: codeOf(error), reason: messageOf(error), runId });
    }
  };
}
