import { HubkeepError } from '../errors/hubkeep-error';

/** The refusal of a second start, in the same words on both engines. */
export function busy(instanceId: string, cause?: unknown): HubkeepError {
  return new HubkeepError('run.busy', `Run ${instanceId} is already under way.`, { cause });
}
