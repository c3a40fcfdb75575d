import * as df from 'durable-functions';
import type { DurableOrchestrationContext, OrchestrationContext, RetryOptions, Task } from 'durable-functions';
import { createWorkflow, isContinueAsNew } from './create-workflow';
import { guardActivity } from './guard-activity';
import { policyOfCall, type RetryPolicy, type RetryTable } from './retry';
import { fromFailureText } from './step-failed';
import { assemble, leavesOf, type LeafStep, type Step } from './steps';
import { toFailure } from './to-failure';
import type { Activities, Name, Orchestration, Orchestrators, Signatures, Workflow, WorkflowLog } from './workflow';

export interface DurableRegistration<A extends Signatures<A>, O extends Signatures<O>> {
  readonly orchestrators: Orchestrators<A, O>;
  readonly activities: Activities<A>;
  readonly retry: RetryTable<A>;
  readonly log: WorkflowLog;
}

/** Registers every orchestrator and activity with the Functions app, under the names in the maps. */
export function registerDurable<A extends Signatures<A>, O extends Signatures<O>>(registration: DurableRegistration<A, O>): void {
  const { activities, orchestrators, retry, log } = registration;
  for (const name of Object.keys(activities) as Name<A>[]) {
    const activity = guardActivity(name, activities[name], log);
    df.app.activity(name, { handler: (input: unknown) => activity(input) });
  }
  const policies: Policies = new Map(Object.entries(retry));
  for (const name of Object.keys(orchestrators) as Name<O>[]) {
    const start: Start = (context) => {
      const workflow: Workflow<A, O> = createWorkflow(runtimeOf(context.df, log));
      return orchestrators[name](workflow, context.df.getInput());
    };
    df.app.orchestration(name, (context) => play(context, start(context), policies));
  }
}

type Policies = ReadonlyMap<string, RetryPolicy | undefined>;
type Start = (context: OrchestrationContext) => Orchestration<unknown, unknown>;

function* play(
  context: OrchestrationContext,
  run: Orchestration<unknown, unknown>,
  policies: Policies,
): Generator<Task, unknown, unknown> {
  try {
    let turn = run.next();
    while (!turn.done) {
      const settled = yield* perform(context.df, turn.value, policies);
      turn = settled.ok ? run.next(settled.result) : run.throw(settled.failure);
    }
    if (!isContinueAsNew(turn.value)) return turn.value;
    context.df.continueAsNew(turn.value.input ?? null);
    return undefined;
  } catch (error) {
    throw toFailure(error);
  }
}

type Settled = { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly failure: Error };

function* perform(context: DurableOrchestrationContext, step: Step, policies: Policies): Generator<Task, Settled, unknown> {
  const tasks = leavesOf(step).map((leaf) => taskOf(context, leaf, policies));
  yield* settle(context, tasks);
  const failed = tasks.find((task) => task.isFaulted);
  if (failed) return { ok: false, failure: fromFailureText((failed.result as Error).message) };
  return {
    ok: true,
    result: assemble(
      step,
      tasks.map((task) => task.result),
    ),
  };
}

/**
 * Waits for every task, failed ones too. `Task.all` gives up at the first failure, while the extension still waits for
 * the rest before it takes another action: going on at once would let the two number their actions differently, and
 * the run would never end. A single task goes the second way alone.
 */
function* settle(context: DurableOrchestrationContext, tasks: readonly Task[]): Generator<Task, void, unknown> {
  if (tasks.length > 1) {
    try {
      yield context.Task.all([...tasks]);
      return;
    } catch {
      // Which of them failed is read from the tasks once all have settled.
    }
  }
  for (const task of tasks) {
    try {
      yield task;
    } catch {
      // As above.
    }
  }
}

function taskOf(context: DurableOrchestrationContext, step: LeafStep, policies: Policies): Task {
  switch (step.kind) {
    case 'call': {
      const policy = policies.get(step.name);
      if (!policy) return context.callActivity(step.name, step.input);
      return context.callActivityWithRetry(step.name, retryOptionsOf(policyOfCall(policy, step.input)), step.input);
    }
    case 'sub':
      return context.callSubOrchestrator(step.name, step.input);
    case 'sleep':
      return context.createTimer(new Date(step.until));
  }
}

function retryOptionsOf(policy: RetryPolicy): RetryOptions {
  const options = new df.RetryOptions(policy.firstMs, policy.maxAttempts);
  options.backoffCoefficient = policy.backoff;
  options.maxRetryIntervalInMilliseconds = policy.maxMs;
  return options;
}

function runtimeOf(context: DurableOrchestrationContext, log: WorkflowLog) {
  return {
    setStatus: (status: unknown) => context.setCustomStatus(status),
    now: () => context.currentUtcDateTime.toISOString(),
    newId: () => context.newGuid(context.instanceId),
    log: {
      info: (...entry: Parameters<WorkflowLog['info']>) => {
        if (!context.isReplaying) log.info(...entry);
      },
      warn: (...entry: Parameters<WorkflowLog['warn']>) => {
        if (!context.isReplaying) log.warn(...entry);
      },
    },
  };
}
