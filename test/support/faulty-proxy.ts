import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What happens to one request on its way to the server. */
export type Fault =
  | { readonly kind: 'pass'; readonly addHeaders?: Readonly<Record<string, string>> }
  /** The server does its work, the answer is lost. */
  | { readonly kind: 'lose-answer' }
  /** One bit of the body changes on the way. */
  | { readonly kind: 'flip-bit' }
  /** The connection ends after that many bytes of the answer's body. */
  | { readonly kind: 'cut-answer'; readonly after: number }
  | { readonly kind: 'answer'; readonly status: number; readonly code: string };

export interface FaultyProxy {
  readonly port: number;
  /** Every request seen, oldest first. */
  readonly requests: readonly IncomingMessage[];
  /** Decides about each request from now on. */
  decide(fault: (request: IncomingMessage, number: number) => Fault): void;
  close(): Promise<void>;
}

/** An HTTP proxy before 127.0.0.1:`target` that makes the faults of a network. */
export async function startFaultyProxy(target: number): Promise<FaultyProxy> {
  const requests: IncomingMessage[] = [];
  let choose: (request: IncomingMessage, number: number) => Fault = () => ({ kind: 'pass' });
  let since = 0;

  const server = createServer((incoming, answer) => {
    requests.push(incoming);
    const fault = choose(incoming, requests.length - since);
    if (fault.kind === 'answer') {
      incoming.resume();
      incoming.on('end', () => answer.writeHead(fault.status, { 'x-ms-error-code': fault.code }).end());
    } else {
      forward(incoming, answer, { fault, target });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    decide(fault) {
      choose = fault;
      since = requests.length;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function forward(incoming: IncomingMessage, answer: ServerResponse, { fault, target }: { fault: Fault; target: number }): void {
  const { method, url, headers } = incoming;
  const outgoing = request({ host: '127.0.0.1', port: target, method, path: url, headers }, (response) => {
    if (fault.kind === 'lose-answer') {
      response.resume();
      response.on('end', () => answer.destroy());
      return;
    }
    answer.writeHead(response.statusCode ?? 500, {
      ...response.headers,
      ...(fault.kind === 'pass' ? fault.addHeaders : undefined),
    });
    let passed = 0;
    response.on('data', (chunk: Buffer) => {
      const room = fault.kind === 'cut-answer' ? fault.after - passed : chunk.length;
      passed += chunk.length;
      if (room >= chunk.length) answer.write(chunk);
      else answer.write(chunk.subarray(0, Math.max(0, room)), () => answer.destroy());
    });
    response.on('end', () => answer.end());
  });
  outgoing.on('error', () => answer.destroy());
  const body: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => body.push(chunk));
  incoming.on('end', () => {
    const whole = Buffer.concat(body);
    if (fault.kind === 'flip-bit' && whole.length > 0) whole[whole.length >> 1]! ^= 1;
    outgoing.end(whole);
  });
}
