import type * as z from 'zod';
import type { ApiEndpoint, ApiRequest, ApiResponse } from '../ports/api';
import type { WorkflowClient } from '../workflow/workflow-client';
import type { AnswerName } from './api-schemas';

/** One route of the API: what a server needs of it, what its documentation says, and what it does. */
export interface ApiRoute extends Pick<ApiEndpoint, 'method' | 'path' | 'isAnonymous'> {
  /** The name of its function on Azure, which settings and dashboards there refer to. */
  readonly name: string;
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodObject;
  /** Said of a body that is taken as it is, whatever it calls itself. */
  readonly rawBody?: string;
  readonly success: { readonly status: number; readonly answer: AnswerName | 'html' | 'json' | 'runbook' };
  /** Statuses below 500 beside those that any route has. */
  readonly refusals?: readonly number[];
  /** @throws HubkeepError, which becomes a problem document. */
  handle(request: ApiRequest, engine: WorkflowClient): Promise<ApiResponse>;
}
