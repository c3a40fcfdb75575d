import { startHttpServer, type HttpServer, type HttpServerOptions } from '../adapters/http-server/http-server';
import type { Hubkeep } from '../compose';
import { problemResponse } from '../triggers/problem-response';
import { answer, createRoutes } from '../triggers/routes';
import type { WorkflowClient } from '../workflow/workflow-client';
import { startSchedules } from './schedules';

export interface StartServerOptions extends Pick<HttpServerOptions, 'apiKey' | 'tls'> {
  readonly hubkeep: Hubkeep;
  readonly engine: WorkflowClient;
  /** 127.0.0.1 when not given. */
  readonly host?: string;
  /** 0, the default, takes a free one. */
  readonly port?: number;
}

/** The API and the schedules in this process. */
export async function startServer(options: StartServerOptions): Promise<HttpServer> {
  const { hubkeep, engine, apiKey, tls, host = '127.0.0.1', port = 0 } = options;
  const { log } = hubkeep;
  const endpoints = createRoutes(hubkeep).map((route) => ({
    ...route,
    answer: (request: Parameters<typeof route.handle>[0]) => answer(route, request, { engine, log }),
  }));
  const server = await startHttpServer({ endpoints, apiKey, host, port, tls, refuse: problemResponse });
  const schedules = startSchedules({ hubkeep, engine });
  return {
    url: server.url,
    async close() {
      schedules.stop();
      await server.close();
    },
  };
}
