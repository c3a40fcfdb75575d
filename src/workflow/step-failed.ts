import { problemSchema, type Problem } from '../contracts/outcome';

/** What an orchestrator catches when a step failed for good. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';

  constructor(readonly problem: Problem) {
    super(problem.message);
  }
}

/** The problem behind anything an orchestrator can catch. */
export function problemOf(error: unknown): Problem {
  if (error instanceof StepFailed) return error.problem;
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
}

/**
 * Durable carries the text of an error and nothing else, and wraps it in text of its own: the problem rides at its
 * end, in characters that no layer escapes.
 */
export function toFailureText(problem: Problem): string {
  const encoded = encodeURIComponent(JSON.stringify(problem)).replaceAll("'", '%27');
  return `${problem.message} [problem:${encoded}]`;
}

/** The failure in a text made by `toFailureText`, wrapped or not; any other text is an `internal` problem. */
export function fromFailureText(text: string): StepFailed {
  const encoded = /\[problem:([^\]\s]+)\]/.exec(text)?.[1];
  return new StepFailed((encoded === undefined ? undefined : decode(encoded)) ?? { code: 'internal', message: text });
}

function decode(encoded: string): Problem | undefined {
  try {
    return problemSchema.safeParse(JSON.parse(decodeURIComponent(encoded))).data;
  } catch {
    return undefined;
  }
}
