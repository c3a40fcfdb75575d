import type { ErrorCode } from '../contracts/error-codes';
import { HubkeepError, isHubkeepError } from '../errors/hubkeep-error';
import { classifySqlError } from '../contracts/sql-errors/classify';

const databaseDoesNotExist = 911;

/** The SQL error number of a statement that the server refused. */
export function sqlNumberOf(error: unknown): number | undefined {
  if (!isHubkeepError(error) || error.code !== 'sql.statement-failed') return undefined;
  const { number } = error.details;
  return typeof number === 'number' ? number : undefined;
}

/**
 * Gives a refused statement the code of the step it belongs to, `sql.corrupt` where the database or its backup is damaged; any
 * other error is returned as it is. Details: `number`, `kind`, `action`, and `osError` where the server quotes one.
 */
export function asStepFailure(error: unknown, code: ErrorCode, message: string): unknown {
  const number = sqlNumberOf(error);
  if (number === undefined || !isHubkeepError(error)) return error;
  const { kind, action, advice, osError } = classifySqlError(number, error.message);
  return new HubkeepError(codeOfStep(number, kind, code), `${message}: ${error.message}`, {
    retryable: action === 'try again under a new name' || kind === 'failover',
    details: { number, kind, action, ...(osError === undefined ? {} : { osError }) },
    ...(advice === undefined ? {} : { hint: advice }),
    cause: error,
  });
}

function codeOfStep(number: number, kind: string, code: ErrorCode): ErrorCode {
  if (number === databaseDoesNotExist) return 'sql.database-missing';
  return kind === 'corruption' ? 'sql.corrupt' : code;
}
