import { deepStrictEqual } from 'node:assert/strict';
import { createWorkflow, isContinueAsNew } from '../../src/workflow/create-workflow';
import { StepFailed, problemOf } from '../../src/workflow/step-failed';
import { assemble, leavesOf, type LeafStep, type Step } from '../../src/workflow/steps';
import type { Orchestration, Signatures, Workflow } from '../../src/workflow/workflow';

/** Gives the recorded result of a step; throws to make it fail. `index` counts steps from 0, in the order scheduled. */
export type Answer = (step: LeafStep, index: number) => unknown;

/** What one round of an orchestrator did. Plain data, fit for a golden file. */
export interface Drive {
  readonly steps: readonly Step[];
  readonly statuses: readonly unknown[];
  readonly log: readonly string[];
  readonly result: { readonly output: unknown } | { readonly continueAsNew: unknown };
}

/**
 * Drives an orchestrator by hand, twice, with the same recorded results, and throws when the two runs differ.
 * `now` starts at 2026-11-22T02:00:00Z and moves a second with every yielded step; ids are counted.
 */
export function drive<A extends Signatures<A>, O extends Signatures<O>, I>(
  orchestrator: (workflow: Workflow<A, O>, input: I) => Orchestration<I, unknown>,
  input: I,
  answer: Answer,
): Drive {
  const recorded = new Map<number, () => unknown>();
  const first = driveOnce(orchestrator, input, (step, index) => {
    const result = outcomeOf(() => answer(step, index));
    recorded.set(index, result);
    return result();
  });
  const second = driveOnce(orchestrator, input, (_step, index) => recorded.get(index)?.());
  deepStrictEqual(second, first, 'The orchestrator did not repeat itself: it is not deterministic.');
  return first;
}

function driveOnce<A extends Signatures<A>, O extends Signatures<O>, I>(
  orchestrator: (workflow: Workflow<A, O>, input: I) => Orchestration<I, unknown>,
  input: I,
  answer: Answer,
): Drive {
  const steps: Step[] = [];
  const statuses: unknown[] = [];
  const log: string[] = [];
  let ids = 0;
  let answered = 0;
  const workflow = createWorkflow<A, O>({
    setStatus: (status) => statuses.push(jsonCopy(status)),
    now: () => new Date(Date.UTC(2026, 10, 22, 2, 0, steps.length)).toISOString(),
    newId: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`,
    log: { info: (event) => log.push(`info ${event}`), warn: (event) => log.push(`warn ${event}`) },
  });
  const run = orchestrator(workflow, jsonCopy(input) as I);
  let turn = run.next();
  while (!turn.done) {
    const step = turn.value;
    steps.push(jsonCopy(step) as Step);
    const outcomes = leavesOf(step).map((leaf) => outcomeOf(() => answer(leaf, answered++)));
    const result = outcomeOf(() =>
      assemble(
        step,
        outcomes.map((outcome) => outcome()),
      ),
    );
    turn = resume(run, result);
  }
  const value: unknown = turn.value;
  const result = isContinueAsNew(value) ? { continueAsNew: jsonCopy(value.input) } : { output: jsonCopy(value) };
  return { steps, statuses, log, result };
}

function resume<I>(run: Orchestration<I, unknown>, result: () => unknown) {
  let value: unknown;
  try {
    value = result();
  } catch (error) {
    return run.throw(new StepFailed(problemOf(error)));
  }
  return run.next(value);
}

/** Runs `work` once and gives a function that repeats how it ended. */
function outcomeOf(work: () => unknown): () => unknown {
  try {
    const value = jsonCopy(work());
    return () => jsonCopy(value);
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

function jsonCopy(value: unknown): unknown {
  return value === undefined ? null : JSON.parse(JSON.stringify(value));
}
