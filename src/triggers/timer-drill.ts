import { drillParts } from '../contracts/drill';
import type { StartDrillOptions } from '../recovery/drill/start-drill';
import type { WorkflowClient } from '../workflow/workflow-client';
import type { ApiServices } from './api-services';
import { slotOf } from './nightly-slot';
import { noteNotStarted, type ScheduledTry } from './not-started';
import { startDrill } from './start-drill';

export const drillTimerName = 'timer-drill';

type TimerServices = Pick<ApiServices, 'config' | 'clock' | 'log' | 'drills' | 'notifier'>;

/** Starts the drill of this slot, once however often it is called. Throws what keeps it from starting. */
export function createDrillTimer(services: TimerServices, schedule: string) {
  const { config, clock, log, drills } = services;
  return async (engine: WorkflowClient, { isLastTry }: ScheduledTry): Promise<void> => {
    const slot = slotOf(schedule, clock.now());
    const options: StartDrillOptions = { trigger: 'timer', parts: [...drillParts], share: config.drill.share, slot };
    try {
      const started = await startDrill(drills.start, engine, options);
      log.info(started === undefined ? 'drill.started-before' : 'drill.started', {
        slot: slot.toISOString(),
        drill: started?.drillId,
      });
    } catch (error) {
      await noteNotStarted(services, { what: 'drill', slot, error, isLastTry });
      throw error;
    }
  };
}
