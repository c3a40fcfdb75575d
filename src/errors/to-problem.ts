import type { Failed, Outcome, Problem } from '../contracts/outcome';
import { codeOf, HubkeepError, isHubkeepError } from './hubkeep-error';
import { redact } from './redact';
import { messageOf } from './message-of';

/** Flattens an error and its causes into data that carries no class, no stack and no credential. */
export function toProblem(error: unknown): Problem {
  const causes = causesOf(error).map((cause) => redact(messageOf(cause)));
  const hint = isHubkeepError(error) ? error.hint : undefined;
  return {
    code: codeOf(error),
    message: redact(messageOf(error)),
    ...(hint === undefined ? {} : { hint }),
    ...(causes.length === 0 ? {} : { causes }),
  };
}

/** The other way round, for what another thread answered. */
export function fromProblem({ code, message, hint, causes }: Problem): HubkeepError {
  const cause = causes?.[0] === undefined ? {} : { cause: new Error(causes[0]) };
  return new HubkeepError(code, message, { ...(hint === undefined ? {} : { hint }), ...cause });
}

export function failed(error: unknown): Failed {
  return { status: 'failed', problem: toProblem(error) };
}

/** Runs one activity's work: a retryable error is thrown on, so that the engine tries again; any other becomes an outcome. */
export async function asOutcome<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { status: 'succeeded', ...(await work()) };
  } catch (error) {
    if (isHubkeepError(error) && error.retryable) throw error;
    return failed(error);
  }
}

function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = [];
  let current = causeOf(error);
  while (current !== undefined && causes.length < 8) {
    causes.push(current);
    current = causeOf(current);
  }
  return causes;
}

function causeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
}
