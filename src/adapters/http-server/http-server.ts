import { createServer as createTlsServer } from 'node:https';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import { HubkeepError } from '../../errors/hubkeep-error';
import type { ApiEndpoint, ApiResponse } from '../../ports/api';
import { createKeyCheck } from './key-check';

export interface HttpServerOptions {
  readonly endpoints: readonly ApiEndpoint[];
  /** What callers must send, as header `x-functions-key` or as query `code`. */
  readonly apiKey: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** PEM texts. Without them it speaks plain http. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** How an error of the server itself is put: no such route, no key. */
  readonly refuse: (error: HubkeepError) => ApiResponse;
}

export interface HttpServer {
  /** Without a slash at its end. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the API where there is no Functions host, under the same paths and with keys sent the same way. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { host, port, tls } = options;
  const { fetch } = createApp(options);
  const secure = tls === undefined ? {} : { createServer: createTlsServer, serverOptions: { ...tls } };
  const server = createAdaptorServer({ fetch, hostname: host, ...secure }) as Server;
  await listen(server, { host, port });
  const { address, port: taken, family } = server.address() as AddressInfo;
  const name = family === 'IPv6' ? `[${address}]` : address;
  return { url: `${tls === undefined ? 'http' : 'https'}://${name}:${taken}`, close: () => close(server) };
}

function createApp({ endpoints, apiKey, refuse }: HttpServerOptions): Hono {
  const app = new Hono();
  const isKey = createKeyCheck(apiKey);
  const unauthorized = () =>
    new HubkeepError('http.unauthorized', 'The key of this server is missing or not the right one.', {
      hint: 'Send the value of SERVE_API_KEY as header x-functions-key, or as ?code= in a browser.',
    });
  const mayCall = (context: Context) => isKey(context.req.header('x-functions-key') ?? context.req.query('code'));

  for (const endpoint of endpoints) {
    const path = `/api/${endpoint.path.replace(/\{(\w+)\}/g, ':$1')}`;
    app.on(endpoint.method, path, async (context) => {
      if (!endpoint.isAnonymous && !mayCall(context)) return toResponse(refuse(unauthorized()));
      const { req } = context;
      return toResponse(
        await endpoint.answer({
          ...{ params: req.param(), query: req.query(), text: () => req.text() },
          accept: req.header('accept'),
          stream: () => req.raw.body ?? nothing(),
        }),
      );
    });
  }
  // Whoever has no key is not told which routes there are.
  app.notFound((context) =>
    toResponse(refuse(mayCall(context) ? new HubkeepError('http.not-found', 'There is no such route.') : unauthorized())),
  );
  return app;
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // Requests without a body.
}

function toResponse({ status, headers, body }: ApiResponse): Response {
  return new Response(body, { status, headers: { ...headers } });
}

function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(
        new HubkeepError('config.invalid', `Cannot listen on ${host}:${port} (${cause.code ?? cause.message})`, {
          hint: 'Take another --port, or end the program that has this one.',
          cause,
        }),
      );
    });
    server.listen(port, host, () => {
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}
