import type { DrillInput } from '../contracts/activities';
import type { DrillRequest } from '../contracts/drill';
import { drillInstance, type DrillStarter, type StartDrillOptions } from '../recovery/drill/start-drill';
import type { WorkflowClient } from '../workflow/workflow-client';

/** Starts a drill on the engine given; nothing when the drill of that slot was started before. */
export function startDrill(
  start: DrillStarter,
  engine: WorkflowClient,
  options: StartDrillOptions,
): Promise<DrillRequest | undefined> {
  return start(options, (request) => {
    const input: DrillInput = { request };
    return engine.start({ orchestrator: 'drill', instanceId: drillInstance(request.drillId), input });
  });
}
