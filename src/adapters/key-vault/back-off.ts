import { isHubkeepError } from '../../errors/hubkeep-error';
import type { Clock } from '../../ports/clock';

const attempts = 7;
const firstDelay = 1_000;
const longestDelay = 30_000;

/**
 * Tries again while the error is retryable: after 1, 2, 4 seconds and so on, or after what the vault asked for, up to 30
 * seconds, for a good minute in all. The SDK's own retries do nothing for a 429 without Retry-After and wait without limit for one with it.
 */
export async function withBackOff<T>(clock: Clock, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === attempts || !isWorthRepeating(error)) throw error;
      await clock.sleep(Math.min(retryAfter(error) ?? firstDelay * 2 ** (attempt - 1), longestDelay));
    }
  }
}

/** Signing in is repeated by its own client, so only the vault's errors count here. */
function isWorthRepeating(error: unknown): boolean {
  return isHubkeepError(error) && error.retryable && error.code.startsWith('vault.');
}

function retryAfter(error: unknown): number | undefined {
  const milliseconds = isHubkeepError(error) ? error.details['retryAfterMs'] : undefined;
  return typeof milliseconds === 'number' ? milliseconds : undefined;
}
