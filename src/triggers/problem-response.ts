import { STATUS_CODES } from 'node:http';
import { codeOf, isHubkeepError } from '../errors/hubkeep-error';
import type { ApiResponse } from '../ports/api';
import { httpStatusOf } from './http-status';
import { json } from './responses';

/** What is said of failures that are not the caller's: which they are, and nothing of what is behind them. */
const inside = 'Something failed inside Hubkeep; its log says what.';
const concealed = (status: number, code: string): string | undefined => {
  const who = /^(vault|identity)\./.test(code) ? 'The vault, or who signs in to it,' : 'The store with the recovery points';
  if (status === 502) return `${who} refuses Hubkeep; its log says why.`;
  return status === 503 ? `${who} does not answer; its log says why.` : undefined;
};

export interface ProblemOptions {
  /** When another status says it better than the code's own. */
  readonly status?: number;
  readonly detail?: string;
}

/** An error as RFC 9457 problem document. Below 500 it says why; from 500 on only the log does. */
export function problemResponse(error: unknown, options: ProblemOptions = {}): ApiResponse {
  const code = codeOf(error);
  const status = options.status ?? httpStatusOf(code);
  const shown = status < 500 && isHubkeepError(error) ? error : undefined;
  const runId = shown?.details['runId'];
  const document = {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code,
    detail: options.detail ?? shown?.message ?? concealed(status, code) ?? inside,
    ...(shown?.hint === undefined ? {} : { hint: shown.hint }),
    ...(runId === undefined ? {} : { runId }),
  };
  const response = json(status, document);
  return { ...response, headers: { ...response.headers, 'content-type': 'application/problem+json', ...retryHeader(status) } };
}

function retryHeader(status: number): Record<string, string> {
  if (status === 409 || status === 503) return { 'retry-after': '30' };
  return status === 401 ? { 'www-authenticate': 'FunctionsKey header="x-functions-key"' } : {};
}
