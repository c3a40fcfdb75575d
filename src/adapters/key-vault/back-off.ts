import type { ErrorCode } from '../../contracts/error-codes';
import { isHubkeepError } from '../../errors/hubkeep-error';
import type { Clock } from '../../ports/clock';

/** A vault that is busy says so and will be free again; of one that is silent nobody knows. */
const attempts: Partial<Record<ErrorCode, number>> = { 'vault.throttled': 7, 'vault.unreachable': 4, 'vault.conflict': 4 };
const firstDelay = 1_000;
const longestDelay = 30_000;

/**
 * Tries again while the error is retryable, after 1, 2, 4 seconds and so on, or after what the vault asked for, up to 30
 * seconds. The SDK's own retries do nothing for a 429 without Retry-After and wait without limit for one with it.
 */
export async function withBackOff<T>(clock: Clock, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= attemptsFor(error)) throw error;
      await clock.sleep(Math.min(retryAfter(error) ?? firstDelay * 2 ** (attempt - 1), longestDelay));
    }
  }
}

/** Signing in is repeated by its own client, so only the vault's errors count here. */
function attemptsFor(error: unknown): number {
  return isHubkeepError(error) && error.retryable ? (attempts[error.code] ?? 1) : 1;
}

function retryAfter(error: unknown): number | undefined {
  const milliseconds = isHubkeepError(error) ? error.details['retryAfterMs'] : undefined;
  return typeof milliseconds === 'number' ? milliseconds : undefined;
}
