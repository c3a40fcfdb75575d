import { codeOf } from '../errors/hubkeep-error';
import type { ApiRequest, ApiResponse } from '../ports/api';
import type { Log } from '../ports/log';
import type { WorkflowClient } from '../workflow/workflow-client';
import type { ApiRoute } from './api-route';
import type { ApiServices } from './api-services';
import { backupRoutes } from './http-backups';
import { dashboardRoute } from './http-dashboard';
import { drillRoutes } from './http-drills';
import { healthRoute } from './http-health';
import { openApiRoute } from './http-openapi';
import { recoveryPointRoutes } from './http-recovery-points';
import { restoreRoutes } from './http-restores';
import { runbookRoute } from './http-runbook';
import { systemSecretsRoutes } from './http-system-secrets';
import { problemResponse } from './problem-response';

/** Every route there is, in the order in which the documentation lists them. */
export function createRoutes(services: ApiServices): ApiRoute[] {
  const routes = [
    ...backupRoutes(services),
    ...recoveryPointRoutes(services),
    ...restoreRoutes(services),
    runbookRoute(services),
    ...drillRoutes(services),
    ...systemSecretsRoutes(services),
    dashboardRoute(services),
    healthRoute(),
  ];
  return [...routes, openApiRoute(routes)];
}

export interface Answering {
  readonly engine: WorkflowClient;
  readonly log: Log;
}

/** Never rejects: a failure is an answer too, and what that conceals is logged. */
export async function answer(route: ApiRoute, request: ApiRequest, { engine, log }: Answering): Promise<ApiResponse> {
  try {
    return await route.handle(request, engine);
  } catch (error) {
    const response = problemResponse(error);
    if (response.status >= 500) {
      const reason = error instanceof Error ? error.message : String(error);
      log.error('http.failed', { route: route.name, status: response.status, code: codeOf(error), reason });
    }
    return response;
  }
}
