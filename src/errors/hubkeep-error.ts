import type { ErrorCode } from '../contracts/error-codes';
import { redact } from './redact';

export interface HubkeepErrorOptions {
  /** What the operator can do about it, one sentence. */
  readonly hint?: string;
  /** True when the same call may succeed later without anybody changing anything. */
  readonly retryable?: boolean;
  readonly details?: Readonly<Record<string, string | number | boolean>>;
  readonly cause?: unknown;
}

/** The one error the product throws on purpose. Test `code`, never the class: the class is lost across workers and Durable. */
export class HubkeepError extends Error {
  override readonly name = 'HubkeepError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, string | number | boolean>>;

  constructor(code: ErrorCode, message: string, options: HubkeepErrorOptions = {}) {
    super(redact(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.retryable = options.retryable ?? false;
    this.details = options.details ?? {};
  }
}

/** The code of an error of ours; anything else is `internal`. */
export function codeOf(error: unknown): ErrorCode {
  return isHubkeepError(error) ? error.code : 'internal';
}

export function isHubkeepError(error: unknown): error is HubkeepError {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === 'HubkeepError' && 'code' in error;
}
