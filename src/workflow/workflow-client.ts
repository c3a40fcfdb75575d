import type { Problem } from '../contracts/outcome';

export type RuntimeStatus = 'pending' | 'running' | 'completed' | 'failed' | 'terminated' | 'suspended';

/** What can be known of an instance from outside. JSON-safe. */
export interface WorkflowStatus {
  readonly instanceId: string;
  readonly orchestrator: string;
  readonly runtimeStatus: RuntimeStatus;
  /** The last `setStatus`, null before the first. */
  readonly customStatus: unknown;
  /** Of a completed instance. */
  readonly output?: unknown;
  /** Of a failed instance. */
  readonly problem?: Problem;
}

export interface StartOptions {
  readonly orchestrator: string;
  readonly instanceId: string;
  readonly input: unknown;
}

/** The engine as seen from outside a run. */
export interface WorkflowClient {
  /** Throws `run.busy` when an instance of that id has not ended; replaces one that has. */
  start(options: StartOptions): Promise<void>;
  /** Nothing when no such instance is known. */
  status(instanceId: string): Promise<WorkflowStatus | undefined>;
  /** Takes no further step; activities under way run to their end. Nothing happens to an instance that has ended. */
  terminate(instanceId: string, reason: string): Promise<void>;
  /** Forgets instances that ended and were created before that time (UTC, ISO 8601). Gives how many. */
  purge(createdBefore: string): Promise<number>;
}

export function hasEnded(status: RuntimeStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'terminated';
}
