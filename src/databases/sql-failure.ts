import type { ErrorCode } from '../contracts/error-codes';
import { HubkeepError, isHubkeepError } from '../errors/hubkeep-error';
import { classifySqlError, hintFor } from './error-classes';

const databaseDoesNotExist = 911;

/** The SQL error number of a statement that the server refused. */
export function sqlNumberOf(error: unknown): number | undefined {
  if (!isHubkeepError(error) || error.code !== 'sql.statement-failed') return undefined;
  const { number } = error.details;
  return typeof number === 'number' ? number : undefined;
}

/** Gives a refused statement the code of the step it belongs to; any other error is returned as it is. */
export function asStepFailure(error: unknown, code: ErrorCode, message: string): unknown {
  const number = sqlNumberOf(error);
  if (number === undefined || !isHubkeepError(error)) return error;
  const kind = classifySqlError(number, error.message);
  const hint = hintFor(number, error.message);
  return new HubkeepError(number === databaseDoesNotExist ? 'sql.database-missing' : code, `${message}: ${error.message}`, {
    retryable: kind === 'transient' || kind === 'failover',
    details: { number, kind },
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  });
}
