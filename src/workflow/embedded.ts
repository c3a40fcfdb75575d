import { messageOf } from '../errors/message-of';
import type { Clock } from '../ports/clock';
import { busy } from './busy';
import { createInstances, type Instance } from './embedded-instances';
import { createWorkflow, isContinueAsNew } from './create-workflow';
import { guardActivity } from './guard-activity';
import { createLimit } from './limit';
import { delayAfter, policyOfCall, type RetryPolicy, type RetryTable } from './retry';
import type { StepFailed } from './step-failed';
import { fromFailureText } from './step-failed';
import { assemble, leavesOf, type LeafStep, type Step } from './steps';
import { toFailure } from './to-failure';
import type { Activities, Orchestration, Orchestrators, Signatures, Workflow, WorkflowLog } from './workflow';
import { hasEnded, type WorkflowClient, type WorkflowStatus } from './workflow-client';

export interface EmbeddedOptions<A extends Signatures<A>, O extends Signatures<O>> {
  readonly orchestrators: Orchestrators<A, O>;
  readonly activities: Activities<A>;
  readonly retry: RetryTable<A>;
  readonly clock: Clock;
  readonly log: WorkflowLog;
  /** 4 when not given. */
  readonly maxConcurrentActivities?: number;
}

export interface EmbeddedEngine extends WorkflowClient {
  /** Resolves with the last status once the instance has ended. */
  wait(instanceId: string): Promise<WorkflowStatus>;
  /** Calls back on every `setStatus`. Gives the function that stops it. */
  onStatus(listener: (instanceId: string, customStatus: unknown) => void): () => void;
}

/**
 * Runs orchestrators in this process, in memory. It keeps no journal: what a crash interrupts is run again from the
 * start, which is cheap because activities reuse what they stored. Every value is copied through JSON at the same
 * places as on Durable, so that what works here works there.
 */
export function createEmbeddedEngine<A extends Signatures<A>, O extends Signatures<O>>(
  options: EmbeddedOptions<A, O>,
): EmbeddedEngine {
  const { clock, log } = options;
  const orchestrators = new Map<string, (workflow: Workflow<A, O>, input: never) => Orchestration<unknown, unknown>>(
    Object.entries(options.orchestrators),
  );
  const activities = new Map<string, (input: never) => Promise<unknown>>(Object.entries(options.activities));
  const policies = new Map<string, RetryPolicy>(Object.entries(options.retry));
  const limit = createLimit(options.maxConcurrentActivities ?? 4);
  const instances = createInstances(() => clock.now().toISOString());

  async function run(instance: Instance, name: string, input: unknown): Promise<unknown> {
    const orchestrator = orchestrators.get(name);
    if (!orchestrator) throw new Error(`There is no orchestrator named ${name}.`);
    let roundInput = jsonCopy(input);
    for (;;) {
      const result = await play(instance, orchestrator(workflowOf(instance), roundInput as never));
      if (!isContinueAsNew(result)) return jsonCopy(result);
      roundInput = jsonCopy(result.input);
    }
  }

  async function play(instance: Instance, generator: Orchestration<unknown, unknown>): Promise<unknown> {
    let turn = generator.next();
    while (!turn.done) {
      const settled = await perform(instance, turn.value);
      // A terminated instance takes no further step: nothing waits for what is abandoned here.
      if (instance.hasEnded()) return undefined;
      turn = settled.ok ? generator.next(settled.result) : generator.throw(settled.failure);
    }
    return turn.value;
  }

  async function perform(instance: Instance, step: Step) {
    const settled = await Promise.allSettled(leavesOf(step).map((leaf) => take(instance, leaf)));
    const failed = settled.find((leaf) => leaf.status === 'rejected');
    if (failed) return { ok: false, failure: asStepFailed(failed.reason) } as const;
    const results = settled.map((leaf) => (leaf.status === 'fulfilled' ? leaf.value : undefined));
    return { ok: true, result: assemble(step, results) } as const;
  }

  async function take(instance: Instance, step: LeafStep): Promise<unknown> {
    switch (step.kind) {
      case 'call':
        return attempt(step.name, step.input);
      case 'sub':
        return run(instances.child(instance), step.name, step.input).catch((error: unknown) => {
          throw toFailure(error);
        });
      case 'sleep':
        return clock.sleep(Math.max(0, Date.parse(step.until) - clock.now().getTime())).then(() => null);
    }
  }

  async function attempt(name: string, input: unknown): Promise<unknown> {
    const unguarded = activities.get(name);
    if (!unguarded) throw new Error(`There is no activity named ${name}.`);
    const activity = guardActivity(name, unguarded, log);
    const known = policies.get(name);
    const policy = known && policyOfCall(known, input);
    for (let count = 1; ; count++) {
      try {
        return jsonCopy(await limit(() => activity(jsonCopy(input) as never)));
      } catch (error) {
        if (!policy || count >= policy.maxAttempts) throw error;
        await clock.sleep(delayAfter(policy, count));
      }
    }
  }

  function workflowOf(instance: Instance): Workflow<A, O> {
    return createWorkflow({
      setStatus: (status) => instance.setStatus(jsonCopy(status)),
      now: () => clock.now().toISOString(),
      newId: () => crypto.randomUUID(),
      log,
    });
  }

  return {
    start({ orchestrator, instanceId, input }) {
      const known = instances.get(instanceId);
      if (known && !known.hasEnded()) return Promise.reject(busy(instanceId));
      const instance = instances.create(instanceId, orchestrator);
      // The first step is not taken before the caller holds its answer, as on Durable.
      void Promise.resolve()
        .then(() => run(instance, orchestrator, input))
        .then(instance.complete, (error: unknown) => instance.fail(asStepFailed(toFailure(error)).problem));
      return Promise.resolve();
    },
    status: (instanceId) => Promise.resolve(instances.get(instanceId)?.status()),
    terminate(instanceId) {
      instances.get(instanceId)?.terminate();
      return Promise.resolve();
    },
    purge: (createdBefore) =>
      Promise.resolve(
        instances.purge((instance) => hasEnded(instance.status().runtimeStatus) && instance.createdAt < createdBefore),
      ),
    async wait(instanceId) {
      const instance = instances.get(instanceId);
      if (!instance) throw new Error(`There is no run ${instanceId}.`);
      return instance.ended;
    },
    onStatus: instances.onStatus,
  };
}

/** What is left of a value after a journal: no class, no undefined. */
function jsonCopy(value: unknown): unknown {
  return value === undefined ? null : JSON.parse(JSON.stringify(value));
}

function asStepFailed(error: unknown): StepFailed {
  return fromFailureText(messageOf(error));
}
