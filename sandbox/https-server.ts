/** The HTTPS listener under the doubles that speak JSON: one request in, one answer out. */
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ServerCertificate } from './certificates';

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, instead of a body. */
  readonly text?: string;
}

export interface HttpsServer {
  /** `https://localhost:port`, without a trailing slash. */
  readonly url: string;
  /** Stops listening and cuts open connections; does nothing the second time. */
  close(): Promise<void>;
}

export interface HttpsServerOptions {
  readonly tls: ServerCertificate;
  /** 0, the default, takes a free port. */
  readonly port?: number | undefined;
  readonly answer: (request: HttpRequest, baseUrl: string) => HttpAnswer | Promise<HttpAnswer>;
}

export async function startHttpsServer({ tls, port = 0, answer }: HttpsServerOptions): Promise<HttpsServer> {
  let baseUrl = '';
  const server = createServer({ ...tls }, (message, response) => {
    serve(message, response).catch((error: unknown) => {
      send(response, { status: 500, body: { error: { code: 'InternalServerError', message: String(error) } } });
    });
  });

  async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = {
      method: message.method ?? 'GET',
      url: new URL(message.url ?? '/', baseUrl),
      headers: message.headers,
      body: await readBody(message),
    };
    send(response, await answer(request, baseUrl));
  }

  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  baseUrl = `https://localhost:${(server.address() as AddressInfo).port}`;
  return {
    url: baseUrl,
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, { status, headers = {}, body, text }: HttpAnswer): void {
  response.writeHead(status, {
    ...(body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    ...headers,
  });
  response.end(text ?? (body === undefined ? undefined : JSON.stringify(body)));
}
