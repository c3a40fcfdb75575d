import { randomUUID } from 'node:crypto';
import type { HttpAnswer } from '../https-server';

/** The refusals of Microsoft Entra ID that this endpoint can give, by their AADSTS number. */
const refusals = {
  7000215: {
    status: 401,
    error: 'invalid_client',
    text: (app: string) =>
      'Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, ' +
      `not the client secret ID, for a secret added to app '${app}'.`,
  },
  700016: {
    status: 400,
    error: 'unauthorized_client',
    text: (app: string) => `Application with identifier '${app}' was not found in the directory.`,
  },
  90002: { status: 400, error: 'invalid_request', text: (tenant: string) => `Tenant '${tenant}' not found.` },
  70003: {
    status: 400,
    error: 'unsupported_grant_type',
    text: (grant: string) => `The app requested an unsupported grant type '${grant}'.`,
  },
  1002012: {
    status: 400,
    error: 'invalid_scope',
    text: (scope: string) =>
      `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value ` +
      'with /.default suffixed to the resource identifier (application ID URI).',
  },
} as const;

export type RefusalNumber = keyof typeof refusals;

/** The answer Entra ID gives, in its JSON shape: description with trace, correlation and time at its end. */
export function refuse(number: RefusalNumber, subject: string): HttpAnswer {
  const { status, error, text } = refusals[number];
  const traceId = randomUUID();
  const correlationId = randomUUID();
  const timestamp = new Date().toISOString().replace('T', ' ').replace(/\.\d+/, '');
  return {
    status,
    body: {
      error,
      error_description: `AADSTS${number}: ${text(subject)} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
      error_codes: [number],
      timestamp,
      trace_id: traceId,
      correlation_id: correlationId,
      error_uri: `https://login.microsoftonline.com/error?code=${number}`,
    },
  };
}
