import { openClientEndpoint } from './client-endpoint';
import { collect, type RegisteredFunction, type TypedData } from './functions-core';
import type { HistoryEvent } from './history';
import { createHostTime } from './host-time';
import { answerOf, requestOf, route, type HttpAnswer, type HttpCall } from './http-trigger';
import { invoke, triggerOf, type LogLine } from './invoke';
import { createTaskHub, type InstanceStatus } from './task-hub';

export interface FunctionsHostOptions {
  /** `virtual` (the default): a timer fires as soon as nothing else is under way. */
  readonly time?: 'virtual' | 'real';
  /** As in host.json, 10 when not given. */
  readonly maxConcurrentActivities?: number;
  /** Runs every activity twice at once, as a host may after losing sight of one. The first result counts. */
  readonly deliverTwice?: boolean;
  /** Waited for before an activity is run, so that a test can act between two steps of a run. */
  readonly beforeActivity?: (name: string) => Promise<unknown>;
  /** Told of every history that has come to its end: of each round of each instance. */
  readonly onRoundEnd?: (orchestrator: string, history: readonly HistoryEvent[]) => void;
}

/** A Functions host with the Durable extension, in this process: enough of both to run a registered app. */
export interface FunctionsHost {
  /** Takes what `load` registers: `host.load(() => require('../../src/index'))`. */
  load(load: () => void): void;
  readonly functions: ReadonlyMap<string, RegisteredFunction>;
  readonly logs: readonly LogLine[];
  startOrchestration(name: string, options?: { input?: unknown; instanceId?: string }): string;
  status(instanceId: string): InstanceStatus | undefined;
  waitFor(instanceId: string): Promise<InstanceStatus>;
  history(instanceId: string): readonly HistoryEvent[];
  /** Sub-orchestrations too. */
  instances(): InstanceStatus[];
  invokeHttp(call: HttpCall): Promise<HttpAnswer>;
  invokeTimer(name: string, info?: { isPastDue?: boolean; last?: string; next?: string }): Promise<void>;
  /** As the host does when it has seen a new blob: the function is given its whole content. */
  invokeBlob(name: string, content: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export async function createFunctionsHost(options: FunctionsHostOptions = {}): Promise<FunctionsHost> {
  const time = createHostTime(options.time ?? 'virtual');
  const logs: LogLine[] = [];
  let functions = new Map<string, RegisteredFunction>();

  const run = (target: RegisteredFunction, trigger: TypedData) =>
    invoke({
      target,
      trigger,
      inputs: { durableClient: { json: JSON.stringify(endpoint.binding) } },
      onLog: (line) => logs.push(line),
    });

  function find(kind: string, name: string): RegisteredFunction {
    const target = functions.get(name);
    if (!target || triggerOf(target).kind !== kind) throw new Error(`The function '${name}' doesn't exist as ${kind} function.`);
    return target;
  }

  const hub = createTaskHub({
    time,
    find,
    invoke: run,
    maxConcurrentActivities: options.maxConcurrentActivities ?? 10,
    deliverTwice: options.deliverTwice ?? false,
    beforeActivity: options.beforeActivity ?? (() => Promise.resolve()),
    onRoundEnd: options.onRoundEnd ?? (() => undefined),
  });
  const endpoint = await openClientEndpoint(hub);

  return {
    load(load) {
      functions = collect(load);
    },
    get functions() {
      return functions;
    },
    logs,
    startOrchestration: (name, start = {}) => hub.start(name, start),
    status: (instanceId) => hub.status(instanceId),
    waitFor: (instanceId) => hub.waitFor(instanceId),
    history: (instanceId) => hub.history(instanceId),
    instances: () => hub.statuses(),
    async invokeHttp(call) {
      const found = route(functions.values(), call);
      if (!found) return answerOf({ statusCode: '404' });
      if (!found.isAnonymous && call.withKey === false) return answerOf({ statusCode: '401' });
      const answer = await time.track(run(found.target, requestOf(call, found.params)));
      return answerOf(answer?.http);
    },
    async invokeTimer(name, { isPastDue = false, last, next } = {}) {
      const now = time.now().toISOString();
      const info = {
        Schedule: {},
        ScheduleStatus: { Last: last ?? now, Next: next ?? now, LastUpdated: now },
        IsPastDue: isPastDue,
      };
      await time.track(run(find('timer', name), { json: JSON.stringify(info) }));
    },
    async invokeBlob(name, content) {
      await time.track(run(find('blob', name), { bytes: content }));
    },
    async close() {
      time.close();
      await endpoint.close();
    },
  };
}
