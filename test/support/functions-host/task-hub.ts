import { randomUUID } from 'node:crypto';
import { createLimit } from '../../../src/workflow/limit';
import type { RegisteredFunction, TypedData } from './functions-core';
import type { HistoryEvent } from './history';
import type { HostTime } from './host-time';
import { valueOf } from './invoke';
import { createOrchestrationPlayer, type OrchestrationPlayer } from './orchestration-player';

export interface InstanceStatus {
  readonly name: string;
  readonly instanceId: string;
  readonly createdTime: string;
  readonly lastUpdatedTime: string;
  readonly input: unknown;
  readonly output: unknown;
  readonly runtimeStatus: 'Running' | 'Completed' | 'Failed' | 'Terminated';
  readonly customStatus: unknown;
}

export interface TaskHub {
  /** Throws `InstanceIsRunning` when an instance of that id has not ended; replaces one that has. */
  start(name: string, options: { input?: unknown; instanceId?: string; parentInstanceId?: string }): string;
  status(instanceId: string): InstanceStatus | undefined;
  statuses(): InstanceStatus[];
  /** Resolves once the instance has ended. */
  waitFor(instanceId: string): Promise<InstanceStatus>;
  history(instanceId: string): readonly HistoryEvent[];
  terminate(instanceId: string, reason: string): void;
  remove(instanceId: string): void;
}

export interface TaskHubOptions {
  readonly time: HostTime;
  readonly maxConcurrentActivities: number;
  readonly deliverTwice: boolean;
  beforeActivity(name: string): Promise<unknown>;
  /** Told of every history that has come to its end: of each round of each instance. */
  onRoundEnd(orchestrator: string, history: readonly HistoryEvent[]): void;
  /** Throws when there is no such function with that kind of trigger. */
  find(kind: 'activity' | 'orchestration', name: string): RegisteredFunction;
  invoke(target: RegisteredFunction, trigger: TypedData): Promise<TypedData | undefined>;
}

interface Instance {
  status: InstanceStatus;
  readonly player: OrchestrationPlayer;
  readonly ended: PromiseWithResolvers<InstanceStatus>;
}

/** The instances of a pretend host: what the Durable extension keeps in storage. */
export function createTaskHub(hubOptions: TaskHubOptions): TaskHub {
  const { time, find, invoke, maxConcurrentActivities, deliverTwice } = hubOptions;
  const instances = new Map<string, Instance>();
  const limit = createLimit(maxConcurrentActivities);

  function createInstance(
    name: string,
    instanceId: string,
    options: { input: unknown; parentInstanceId: string | null },
  ): Instance {
    const createdTime = time.now().toISOString();
    const instance: Instance = {
      status: {
        name,
        instanceId,
        createdTime,
        lastUpdatedTime: createdTime,
        input: options.input,
        output: null,
        runtimeStatus: 'Running',
        customStatus: null,
      },
      ended: Promise.withResolvers(),
      player: createOrchestrationPlayer({
        ...options,
        name,
        instanceId,
        time,
        runTurn: async (trigger) => valueOf(await invoke(find('orchestration', name), { json: JSON.stringify(trigger) })),
        runActivity,
        runSubOrchestration: (action) => runChild(action.functionName ?? '', action.input, instanceId),
        onCustomStatus: (customStatus) => update(instance, { customStatus }),
        onRoundEnd: (history) => hubOptions.onRoundEnd(name, history),
      }),
    };
    return instance;
  }

  async function runActivity(name: string, input: unknown): Promise<unknown> {
    const run = () =>
      limit(async () => {
        await hubOptions.beforeActivity(name);
        return valueOf(await invoke(find('activity', name), activityInput(input)));
      });
    if (!deliverTwice) return run();
    const [first] = await Promise.allSettled([run(), run()]);
    if (first.status === 'rejected') throw first.reason;
    return first.value;
  }

  async function runChild(name: string, input: unknown, parentInstanceId: string): Promise<unknown> {
    const instanceId = start(name, { input, parentInstanceId });
    const status = await waitFor(instanceId);
    if (status.runtimeStatus === 'Completed') return status.output;
    throw new Error(typeof status.output === 'string' ? status.output : JSON.stringify(status.output));
  }

  function update(instance: Instance, change: Partial<InstanceStatus>): void {
    if (instance.status.runtimeStatus !== 'Running') return;
    instance.status = { ...instance.status, ...change, lastUpdatedTime: time.now().toISOString() };
  }

  function end(instance: Instance, change: Partial<InstanceStatus>): void {
    instance.player.stop();
    update(instance, change);
    instance.ended.resolve(instance.status);
  }

  function start(name: string, options: { input?: unknown; instanceId?: string; parentInstanceId?: string }): string {
    find('orchestration', name);
    const instanceId = options.instanceId ?? randomUUID().replaceAll('-', '');
    if (instances.get(instanceId)?.status.runtimeStatus === 'Running') throw new InstanceIsRunning(instanceId);
    const input: unknown = options.input === undefined ? null : JSON.parse(JSON.stringify(options.input));
    const instance = createInstance(name, instanceId, { input, parentInstanceId: options.parentInstanceId ?? null });
    instances.set(instanceId, instance);
    instance.player.play().then(
      (output) => end(instance, { runtimeStatus: 'Completed', output }),
      (error: unknown) => end(instance, { runtimeStatus: 'Failed', ...failureOf(name, error) }),
    );
    return instanceId;
  }

  function known(instanceId: string): Instance {
    const instance = instances.get(instanceId);
    if (!instance) throw new Error(`There is no instance ${instanceId}.`);
    return instance;
  }

  const waitFor = (instanceId: string) => known(instanceId).ended.promise;

  return {
    start,
    status: (instanceId) => instances.get(instanceId)?.status,
    statuses: () => [...instances.values()].map(({ status }) => status),
    waitFor,
    history: (instanceId) => known(instanceId).player.history(),
    terminate: (instanceId, reason) => end(known(instanceId), { runtimeStatus: 'Terminated', output: reason }),
    remove: (instanceId) => instances.delete(instanceId),
  };
}

export class InstanceIsRunning extends Error {
  constructor(instanceId: string) {
    super(`An Orchestration instance with the status Running already exists: ${instanceId}.`);
  }
}

/** The library sends text as JSON within a string, and the worker reads it back. */
function activityInput(input: unknown): TypedData {
  return typeof input === 'string' ? { string: input } : { json: JSON.stringify(input) };
}

/** A failed orchestrator answers with an error whose text ends in its state. */
function failureOf(name: string, error: unknown): { output: string; customStatus?: unknown } {
  const message = error instanceof Error ? error.message : String(error);
  const [text, data] = message.split('\n\n$OutOfProcData$:');
  if (data === undefined) return { output: `Orchestrator function '${name}' failed: ${text}` };
  const state = JSON.parse(data) as { error?: string; customStatus?: unknown };
  return {
    output: `Orchestrator function '${name}' failed: ${state.error}`,
    ...(state.customStatus === undefined ? {} : { customStatus: state.customStatus }),
  };
}
