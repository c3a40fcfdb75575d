import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { azureOperation, type AzureOperation } from './azure-operation';

export interface CountingProxyOptions {
  /** Where the requests go on 127.0.0.1. */
  readonly target: number;
  /** Any free port unless given. */
  readonly port?: number;
  /** Under which name a request is counted. */
  readonly nameOf?: (operation: AzureOperation) => string;
}

export interface CountingProxy {
  readonly port: number;
  /** How many requests there were under each name since the start or the last `reset`. */
  counts(): ReadonlyMap<string, number>;
  reset(): void;
  close(): Promise<void>;
}

/** Counts requests on their way to a blob service and changes nothing about them. */
export async function startCountingProxy(options: CountingProxyOptions): Promise<CountingProxy> {
  const { target, port = 0, nameOf = ({ operation }) => operation } = options;
  const counts = new Map<string, number>();
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, answer) => {
    const name = nameOf(azureOperation(incoming));
    counts.set(name, (counts.get(name) ?? 0) + 1);
    forward(incoming, answer, { target, agent });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    counts: () => new Map(counts),
    reset: () => {
      counts.clear();
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      agent.destroy();
    },
  };
}

interface Target {
  readonly target: number;
  readonly agent: Agent;
}

function forward(incoming: IncomingMessage, answer: ServerResponse, { target, agent }: Target): void {
  const { method, url: path, headers } = incoming;
  const outgoing = request({ host: '127.0.0.1', port: target, method, path, headers, agent }, (response) => {
    answer.writeHead(response.statusCode ?? 502, response.headers);
    response.on('error', () => answer.destroy());
    response.pipe(answer);
  });
  outgoing.on('error', () => answer.destroy());
  incoming.on('error', () => outgoing.destroy());
  incoming.pipe(outgoing);
}
