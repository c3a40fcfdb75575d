/**
 * The blob service of a stamp: Azurite behind rules that refuse what a stamp refuses, and without what only newer
 * services answer. Azurite alone takes every version and has the limits of none.
 *
 * It does not do: HTTPS, queues and tables, the wording and codes of all refusals (storage-rules.ts), what builds of
 * stamps differ in. No real stamp has been compared.
 */
import { once } from 'node:events';
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { isUnknownHeader, refusalOf, withoutUnknownElements, type Refusal } from './storage-rules';

export interface StorageFront {
  readonly port: number;
  /** What it refused, oldest first. */
  readonly refusals: readonly (Refusal & { readonly request: string })[];
  close(): Promise<void>;
}

/** @param target port of Azurite on 127.0.0.1 */
export async function startStorageFront(target: number): Promise<StorageFront> {
  const agent = new Agent({ keepAlive: true });
  const refusals: (Refusal & { readonly request: string })[] = [];
  const server = createServer((incoming, answer) => {
    const { method = 'GET', url = '/', headers } = incoming;
    const refusal = refusalOf({ method, url, headers });
    if (refusal === undefined) {
      // Whoever went away in the midst of an answer has no use for an error.
      forward(incoming, answer, { agent, target }).catch(() => answer.destroy());
    } else {
      refusals.push({ ...refusal, request: `${method} ${new URL(url, 'http://stamp').pathname}` });
      refuse(incoming, answer, refusal);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    refusals,
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}

function refuse(incoming: IncomingMessage, answer: ServerResponse, { status, code, message, details = {} }: Refusal): void {
  const told = Object.entries({ Code: code, Message: message, ...details }).map(([name, text]) => `<${name}>${text}</${name}>`);
  const body = `<?xml version="1.0" encoding="utf-8"?><Error>${told.join('')}</Error>`;
  incoming.resume();
  incoming.once('end', () => {
    answer.writeHead(status, {
      'x-ms-error-code': code,
      'content-type': 'application/xml',
      'content-length': Buffer.byteLength(body),
    });
    answer.end(incoming.method === 'HEAD' ? undefined : body);
  });
}

interface Behind {
  readonly agent: Agent;
  readonly target: number;
}

async function forward(incoming: IncomingMessage, answer: ServerResponse, { agent, target }: Behind): Promise<void> {
  const { method, url, headers } = incoming;
  const outgoing = request({ host: '127.0.0.1', port: target, agent, method, path: url, headers });
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
  answered.catch(() => undefined);
  await pipeline(incoming, outgoing);
  const [response] = await answered;
  const { statusCode: status = 500, headers: sent } = response;
  const isList = /[?&]comp=list(&|$)/.test(url ?? '');
  const kept = Object.entries(sent).filter(([name]) => !isUnknownHeader(name) && !(isList && name === 'transfer-encoding'));
  const told = { ...Object.fromEntries(kept), ...versionOf(incoming) };
  if (!isList) {
    answer.writeHead(status, told);
    return pipeline(response, answer);
  }
  const list = Buffer.from(withoutUnknownElements(await textOf(response)));
  answer.writeHead(status, { ...told, 'content-length': list.length });
  answer.end(list);
}

/** A service answers in the version that it was spoken to. */
function versionOf({ headers }: IncomingMessage): Record<string, string> {
  const version = headers['x-ms-version'];
  return typeof version === 'string' ? { 'x-ms-version': version } : {};
}

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
