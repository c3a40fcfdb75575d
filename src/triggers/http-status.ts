import type { ErrorCode } from '../contracts/error-codes';

/** The HTTP status of every code a caller can meet; any other is 500. */
const statuses: Partial<Record<ErrorCode, number>> = {
  'http.bad-request': 400,
  'usage.invalid': 400,
  'http.unauthorized': 401,
  'http.not-found': 404,
  'run.not-found': 404,
  'point.not-found': 404,
  'point.component-missing': 404,
  'run.busy': 409,
  'run.ended': 409,
  'store.unauthorized': 502,
  'store.unavailable': 503,
};

export function httpStatusOf(code: ErrorCode): number {
  return statuses[code] ?? 500;
}
