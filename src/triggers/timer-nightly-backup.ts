import { codeOf, isHubkeepError } from '../errors/hubkeep-error';
import type { WorkflowClient } from '../workflow/workflow-client';
import type { ApiServices } from './api-services';
import { slotOf } from './nightly-slot';
import { startBackup } from './start-backup';

export const nightlyBackupName = 'timer-nightly-backup';

type TimerServices = Pick<ApiServices, 'config' | 'clock' | 'log' | 'startRun'>;

/** Starts the run of this night's slot, once however often it is called. Throws what keeps it from starting, but for another run. */
export function createNightlyBackup({ config, clock, log, startRun }: TimerServices) {
  return async (engine: WorkflowClient): Promise<void> => {
    const slot = slotOf(config.schedule, clock.now());
    try {
      const { runId } = await startBackup(startRun, engine, { components: config.components, trigger: 'timer', slot });
      log.info('timer.started', { runId, slot: slot.toISOString() });
    } catch (error) {
      const fields = {
        slot: slot.toISOString(),
        code: codeOf(error),
        reason: error instanceof Error ? error.message : String(error),
      };
      if (codeOf(error) !== 'run.busy') {
        log.error('timer.not-started', fields);
        throw error;
      }
      log.warn('timer.busy', { ...fields, runId: isHubkeepError(error) ? error.details['runId'] : undefined });
    }
  };
}
