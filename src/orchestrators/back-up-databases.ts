import { problemOf } from '../workflow/step-failed';
import type { HubkeepWorkflow, Input, OrchestrationOf } from './types';

/** Every database side by side. */
export function* backUpDatabases(
  workflow: HubkeepWorkflow,
  { runId, round, targets }: Input<'back-up-databases'>,
): OrchestrationOf<'back-up-databases'> {
  return yield* workflow.all(targets.map((target) => workflow.sub('back-up-one-database', { runId, round, target })));
}

/** One database: when it fails for good it fails alone. */
export function* backUpOneDatabase(
  workflow: HubkeepWorkflow,
  { runId, round, target }: Input<'back-up-one-database'>,
): OrchestrationOf<'back-up-one-database'> {
  try {
    return { target, outcome: yield* workflow.call('back-up-database', { runId, round, ...target }) };
  } catch (error) {
    return { target, outcome: { status: 'failed', problem: problemOf(error) } };
  }
}
