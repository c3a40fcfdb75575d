import { statusPage, statusPageHeaders } from '../web/status-page';
import type { ApiRoute } from './api-route';
import type { ApiServices } from './api-services';
import { readStatus } from './read-status';
import { html } from './responses';

export function dashboardRoute(services: ApiServices): ApiRoute {
  return {
    name: 'http-dashboard',
    method: 'GET',
    path: 'dashboard',
    isAnonymous: false,
    summary: 'The status page, for people.',
    success: { status: 200, answer: 'html' },
    handle: async (_request, engine) => html(statusPage(await readStatus(services, engine)), statusPageHeaders),
  };
}
