import type { ErrorCode } from '../contracts/error-codes';

/** The HTTP status of every code a caller can meet; any other is 500. */
const statuses: Partial<Record<ErrorCode, number>> = {
  'http.bad-request': 400,
  'usage.invalid': 400,
  'http.unauthorized': 401,
  'http.not-found': 404,
  'run.not-found': 404,
  'point.not-found': 404,
  'drill.not-found': 404,
  'point.component-missing': 404,
  'secrets.invalid': 400,
  'http.too-large': 413,
  'secrets.too-large': 413,
  'vault.conflict': 409,
  'run.busy': 409,
  'run.ended': 409,
  'restore.not-configured': 409,
  'store.unauthorized': 502,
  'store.unavailable': 503,
  'vault.forbidden': 502,
  'vault.disabled': 502,
  'vault.rejected': 502,
  'vault.mismatch': 502,
  'vault.not-found': 502,
  'identity.rejected': 502,
  'vault.throttled': 503,
  'vault.unreachable': 503,
  'identity.unreachable': 503,
};

export function httpStatusOf(code: ErrorCode): number {
  return statuses[code] ?? 500;
}
