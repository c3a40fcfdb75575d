import type { Name, Signatures } from './workflow';

/** How often and how soon a throwing activity is tried again. */
export interface RetryPolicy {
  /** Wait before the second attempt, milliseconds, more than 0. */
  readonly firstMs: number;
  /** Attempts in all, the first included. */
  readonly maxAttempts: number;
  /** Each wait is this many times the one before. */
  readonly backoff: number;
  /** No wait is longer, milliseconds, more than 0. */
  readonly maxMs: number;
}

/** An activity without a policy is tried once. */
export type RetryTable<A extends Signatures<A>> = { readonly [N in Name<A>]?: RetryPolicy };

/** Milliseconds to wait after attempt number `attempt` (from 1) failed. */
export function delayAfter(policy: RetryPolicy, attempt: number): number {
  return Math.min(policy.firstMs * policy.backoff ** (attempt - 1), policy.maxMs);
}
