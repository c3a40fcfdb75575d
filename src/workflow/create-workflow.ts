import { leavesOf, assemble, type Step } from './steps';
import { nextRound, type Call, type ContinueAsNew, type Signatures, type Workflow, type WorkflowLog } from './workflow';

/** The part of a workflow that differs between engines. */
export interface Runtime {
  setStatus(status: unknown): void;
  now(): string;
  newId(): string;
  readonly log: WorkflowLog;
}

/** The workflow an orchestrator is given, over what an engine offers. */
export function createWorkflow<A extends Signatures<A>, O extends Signatures<O>>(runtime: Runtime): Workflow<A, O> {
  return {
    call: (name, input) => callOf({ kind: 'call', name, input }),
    sub: (name, input) => callOf({ kind: 'sub', name, input }),
    all: (calls) => callOf({ kind: 'all', steps: calls.map((call) => call.step) }),
    sleepUntil: (time) => callOf({ kind: 'sleep', until: new Date(time).toISOString() }),
    continueAsNew: (input) => ({ [nextRound]: true, input }),
    setStatus: (status) => runtime.setStatus(status),
    now: () => runtime.now(),
    newId: () => runtime.newId(),
    log: runtime.log,
  };
}

export function isContinueAsNew(value: unknown): value is ContinueAsNew<unknown> {
  return typeof value === 'object' && value !== null && nextRound in value;
}

function callOf<T>(step: Step): Call<T> {
  return {
    step,
    *[Symbol.iterator]() {
      // Neither engine has a task for nothing: Durable refuses to build one.
      const result = leavesOf(step).length === 0 ? assemble(step, []) : yield step;
      return result as T;
    },
  };
}
