import type { ApiRoute } from './api-route';
import { openApiDocument } from './openapi';
import { json } from './responses';

/** The description of all routes, its own included. */
export function openApiRoute(others: readonly ApiRoute[]): ApiRoute {
  const route: ApiRoute = {
    name: 'http-openapi',
    method: 'GET',
    path: 'openapi.json',
    isAnonymous: false,
    summary: 'This document.',
    success: { status: 200, answer: 'json' },
    handle: () => Promise.resolve(json(200, openApiDocument([...others, route]))),
  };
  return route;
}
