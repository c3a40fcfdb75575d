import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { InstanceIsRunning, type InstanceStatus, type TaskHub } from './task-hub';

/** The system key in every management URL, as on Azure. It must never reach a caller of the app. */
export const systemKey = 'pretend-system-key';

export interface ClientEndpoint {
  /** What the `durableClient` input binding gives a function. */
  readonly binding: unknown;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

/** Serves the HTTP API of the Durable extension on a loopback port, so that the library's own client is used. */
export async function openClientEndpoint(hub: TaskHub): Promise<ClientEndpoint> {
  const server = createServer((request, response) => {
    void answer(hub, request).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { binding: bindingOf(`http://127.0.0.1:${port}`), close: () => close(server) };
}

async function answer(hub: TaskHub, request: IncomingMessage): Promise<Answer> {
  const url = new URL(request.url ?? '', 'http://extension');
  const [, , collection, first = '', second] = url.pathname.split('/').map(decodeURIComponent);
  try {
    const body = await text(request);
    switch (`${request.method} ${collection}`) {
      case 'POST orchestrators':
        return start(hub, { name: first, instanceId: second, body });
      case 'GET instances':
        return first === '' ? { status: 200, body: matching(hub, url) } : statusOf(hub, first);
      case 'POST instances':
        return second === 'terminate' ? terminate(hub, first, url) : { status: 501 };
      case 'DELETE instances':
        return purge(
          hub,
          matching(hub, url).filter(({ instanceId }) => ['', instanceId].includes(first)),
        );
      default:
        return { status: 501 };
    }
  } catch (error) {
    const status = error instanceof InstanceIsRunning ? 409 : 400;
    return { status, body: { message: error instanceof Error ? error.message : String(error) } };
  }
}

function start(hub: TaskHub, { name, instanceId, body }: { name: string; instanceId: string | undefined; body: string }): Answer {
  const id = hub.start(name, { input: body === '' ? undefined : JSON.parse(body), ...(instanceId ? { instanceId } : {}) });
  return { status: 202, body: { id } };
}

function statusOf(hub: TaskHub, instanceId: string): Answer {
  const status = hub.status(instanceId);
  return status ? { status: status.runtimeStatus === 'Running' ? 202 : 200, body: status } : { status: 404 };
}

function terminate(hub: TaskHub, instanceId: string, url: URL): Answer {
  const status = hub.status(instanceId);
  if (!status) return { status: 404 };
  if (status.runtimeStatus !== 'Running') return { status: 410 };
  hub.terminate(instanceId, url.searchParams.get('reason') ?? '');
  return { status: 202 };
}

function purge(hub: TaskHub, unwanted: readonly InstanceStatus[]): Answer {
  const ended = unwanted.filter((status) => status.runtimeStatus !== 'Running');
  for (const { instanceId } of ended) hub.remove(instanceId);
  return ended.length === 0 ? { status: 404 } : { status: 200, body: { instancesDeleted: ended.length } };
}

function matching(hub: TaskHub, { searchParams }: URL): InstanceStatus[] {
  const from = searchParams.get('createdTimeFrom') ?? '';
  const to = searchParams.get('createdTimeTo') ?? '9999';
  const wanted = searchParams.get('runtimeStatus')?.split(',');
  return hub
    .statuses()
    .filter(({ createdTime }) => createdTime >= from && createdTime <= to)
    .filter(({ runtimeStatus }) => wanted?.includes(runtimeStatus) ?? true);
}

function bindingOf(origin: string) {
  const base = `${origin}/runtime/webhooks/durabletask`;
  const query = `taskHub=TestHub&connection=Storage&code=${systemKey}`;
  const instance = `${base}/instances/INSTANCEID`;
  return {
    taskHubName: 'TestHub',
    creationUrls: {
      createNewInstancePostUri: `${base}/orchestrators/{functionName}[/{instanceId}]?code=${systemKey}`,
    },
    managementUrls: {
      id: 'INSTANCEID',
      statusQueryGetUri: `${instance}?${query}`,
      sendEventPostUri: `${instance}/raiseEvent/{eventName}?${query}`,
      terminatePostUri: `${instance}/terminate?reason={text}&${query}`,
      rewindPostUri: `${instance}/rewind?reason={text}&${query}`,
      purgeHistoryDeleteUri: `${instance}?${query}`,
      suspendPostUri: `${instance}/suspend?reason={text}&${query}`,
      resumePostUri: `${instance}/resume?reason={text}&${query}`,
    },
    baseUrl: base,
    requiredQueryStringParameters: `code=${systemKey}`,
    rpcBaseUrl: `${origin}/durabletask/`,
  };
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}
