import { problemOf } from '../workflow/step-failed';
import type { HubkeepWorkflow, Input, OrchestrationOf } from './types';

export function* keepSecrets(workflow: HubkeepWorkflow, input: Input<'keep-secrets'>): OrchestrationOf<'keep-secrets'> {
  try {
    return yield* workflow.call('keep-system-secrets', input);
  } catch (error) {
    return { status: 'failed', problem: problemOf(error) };
  }
}
