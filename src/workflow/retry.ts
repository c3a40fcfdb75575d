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
  /** The first wait is longer by up to this share of it, so that calls that fail together are not tried again together; 0 unless given. */
  readonly spread?: number;
}

/** An activity without a policy is tried once. */
export type RetryTable<A extends Signatures<A>> = { readonly [N in Name<A>]?: RetryPolicy };

/** Milliseconds to wait after attempt number `attempt` (from 1) failed. */
export function delayAfter(policy: RetryPolicy, attempt: number): number {
  return Math.min(policy.firstMs * policy.backoff ** (attempt - 1), policy.maxMs);
}

/** The policy of one call. What its first wait is longer by follows from its input alone: a replay finds the same. */
export function policyOfCall({ spread = 0, ...policy }: RetryPolicy, input: unknown): RetryPolicy {
  const share = spread * fractionOf(JSON.stringify([input]));
  return { ...policy, firstMs: Math.round(policy.firstMs * (1 + share)) };
}

/** 0 or more and less than 1: the FNV-1a hash of a text. */
function fractionOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
}
