import type { RunRequest } from '../contracts/run';
import type { RunStarter, StartRunOptions } from '../runs/start-run';
import type { WorkflowClient } from '../workflow/workflow-client';

/** Starts a run on the engine given. Throws `run.busy`, with the running id in its details, when one is under way. */
export function startBackup(startRun: RunStarter, engine: WorkflowClient, options: StartRunOptions): Promise<RunRequest> {
  return startRun(options, (run) => engine.start({ orchestrator: 'back-up', instanceId: run.runId, input: run }));
}
