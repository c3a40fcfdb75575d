import type { Problem } from '../contracts/outcome';
import { hasEnded, type WorkflowStatus } from './workflow-client';

type StatusListener = (instanceId: string, customStatus: unknown) => void;

/** One run of the embedded engine, from start to end. Whatever ends it first counts. */
export interface Instance {
  /** UTC, ISO 8601. */
  readonly createdAt: string;
  readonly ended: Promise<WorkflowStatus>;
  status(): WorkflowStatus;
  hasEnded(): boolean;
  setStatus(customStatus: unknown): void;
  complete(output: unknown): void;
  fail(problem: Problem): void;
  terminate(): void;
}

export interface Instances {
  get(instanceId: string): Instance | undefined;
  create(instanceId: string, orchestrator: string): Instance;
  /** The instance of a sub-orchestration: it has a custom status of its own and ends with its parent. */
  child(parent: Instance): Instance;
  purge(isUnwanted: (instance: Instance) => boolean): number;
  onStatus(listener: StatusListener): () => void;
}

export function createInstances(now: () => string): Instances {
  const known = new Map<string, Instance>();
  const listeners = new Set<StatusListener>();
  return {
    get: (instanceId) => known.get(instanceId),
    create(instanceId, orchestrator) {
      const instance = createInstance(instanceId, orchestrator, now());
      const announced: Instance = {
        ...instance,
        setStatus(customStatus) {
          instance.setStatus(customStatus);
          for (const listener of listeners) listener(instanceId, customStatus);
        },
      };
      known.set(instanceId, announced);
      return announced;
    },
    child: (parent) => ({ ...parent, setStatus: () => undefined }),
    purge(isUnwanted) {
      const unwanted = [...known].filter(([, instance]) => isUnwanted(instance));
      for (const [instanceId] of unwanted) known.delete(instanceId);
      return unwanted.length;
    },
    onStatus(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function createInstance(instanceId: string, orchestrator: string, createdAt: string): Instance {
  const { promise: ended, resolve } = Promise.withResolvers<WorkflowStatus>();
  let current: WorkflowStatus = { instanceId, orchestrator, runtimeStatus: 'running', customStatus: null };
  const end = (change: Partial<WorkflowStatus>) => {
    if (hasEnded(current.runtimeStatus)) return;
    current = { ...current, ...change };
    resolve(current);
  };
  return {
    createdAt,
    ended,
    status: () => current,
    hasEnded: () => hasEnded(current.runtimeStatus),
    setStatus(customStatus) {
      if (!hasEnded(current.runtimeStatus)) current = { ...current, customStatus };
    },
    complete: (output) => end({ runtimeStatus: 'completed', output }),
    fail: (problem) => end({ runtimeStatus: 'failed', problem }),
    terminate: () => end({ runtimeStatus: 'terminated' }),
  };
}
