import type { ErrorCode } from '../contracts/error-codes';

/** What scripts go by. */
export const exitCodes = { done: 0, failed: 1, usage: 2, partial: 3 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export function exitCodeFor(code: ErrorCode): ExitCode {
  return code === 'usage.invalid' || code === 'config.invalid' ? exitCodes.usage : exitCodes.failed;
}
