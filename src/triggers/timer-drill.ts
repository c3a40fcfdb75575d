import { codeOf } from '../errors/hubkeep-error';
import { messageOf } from '../errors/message-of';
import { drillParts } from '../contracts/drill';
import type { StartDrillOptions } from '../recovery/drill/start-drill';
import type { WorkflowClient } from '../workflow/workflow-client';
import type { ApiServices } from './api-services';
import { slotOf } from './nightly-slot';
import { startDrill } from './start-drill';

export const drillTimerName = 'timer-drill';

type TimerServices = Pick<ApiServices, 'config' | 'clock' | 'log' | 'drills'>;

/** Starts the drill of this slot, once however often it is called. Throws what keeps it from starting. */
export function createDrillTimer({ config, clock, log, drills }: TimerServices, schedule: string) {
  return async (engine: WorkflowClient): Promise<void> => {
    const slot = slotOf(schedule, clock.now());
    const options: StartDrillOptions = { trigger: 'timer', parts: [...drillParts], share: config.drill.share, slot };
    try {
      const started = await startDrill(drills.start, engine, options);
      log.info(started === undefined ? 'drill.started-before' : 'drill.started', {
        slot: slot.toISOString(),
        drill: started?.drillId,
      });
    } catch (error) {
      log.error('drill.not-started', { slot: slot.toISOString(), code: codeOf(error), reason: messageOf(error) });
      throw error;
    }
  };
}
