import { messageOf } from '../errors/message-of';
import { codeOf } from '../errors/hubkeep-error';
import { redact } from '../errors/redact';
import { toFailure } from './to-failure';
import type { WorkflowLog } from './workflow';

/** An activity as both engines run it: what it throws is logged, since a later attempt may hide it, and leaves as one plain text. */
export function guardActivity<I, O>(
  name: string,
  activity: (input: I) => Promise<O>,
  log: WorkflowLog,
): (input: I) => Promise<O> {
  return async (input) => {
    try {
      return await activity(input);
    } catch (error) {
      const message = redact(messageOf(error));
      log.warn('activity.threw', { activity: name, code: codeOf(error), message });
      throw toFailure(error);
    }
  };
}
