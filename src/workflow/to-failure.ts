import { toProblem } from '../errors/to-problem';
import { StepFailed, toFailureText } from './step-failed';

/** What leaves an activity or an orchestrator in place of an error, on both engines: one plain text. */
export function toFailure(error: unknown): Error {
  return new Error(toFailureText(error instanceof StepFailed ? error.problem : toProblem(error)));
}
