import type { EndRestoreRequest, RestoreLaneRequest } from '../contracts/activities';
import type { Outcome, Problem } from '../contracts/outcome';
import { finishSteps, type RestorePhase } from '../contracts/restore';
import { hubkeepVersion } from '../contracts/version';
import { problemOf } from '../workflow/step-failed';
import type { Steps } from '../workflow/workflow';
import type { HubkeepWorkflow, Input, OrchestrationOf } from './types';

/** Boxes after which the history is cut: it grows with every box, and where it has come to is all the next one needs. */
const boxesPerRound = 100;

/** One restore: lanes over ranges of the index side by side, then what can only come last, links and the times of directories. */
export function* restoreShare(workflow: HubkeepWorkflow, run: Input<'restore-share'>): OrchestrationOf<'restore-share'> {
  if (run.version !== hubkeepVersion) return yield* end(workflow, { run, outcome: 'superseded', problems: [] });
  let problems: Problem[];
  try {
    problems = yield* restoreAll(workflow, run.runId, run);
  } catch (error) {
    problems = [problemOf(error)];
  }
  const outcome =
    problems.length === 0 ? 'restored' : problems.some(({ code }) => code === 'run.cancelled') ? 'cancelled' : 'failed';
  return yield* end(workflow, { run, outcome, problems: outcome === 'cancelled' ? [] : problems });
}

function* restoreAll(workflow: HubkeepWorkflow, runId: string, run: Input<'restore-share'>): Steps<Problem[]> {
  showPhase(workflow, 'starting');
  const plan = yield* workflow.call('begin-restore', run);
  if (plan.status === 'failed') return [plan.problem];
  const { partitions, width } = plan;
  const lanes = Math.min(width, partitions);
  showPhase(workflow, 'restoring');
  const ended = yield* workflow.all(
    Array.from({ length: lanes }, (_, lane) => workflow.sub('restore-share-lane', { runId, partitions, lane, lanes })),
  );
  const problems = ended.filter((problem) => problem !== null);
  if (problems.length > 0) return problems.slice(0, 1);
  showPhase(workflow, 'finishing');
  return yield* finish(workflow, runId);
}

function* finish(workflow: HubkeepWorkflow, runId: string): Steps<Problem[]> {
  for (const step of finishSteps) {
    let cursor: string | null = null;
    for (let box = 0; box === 0 || cursor !== null; box++) {
      const finished: Outcome<{ next: string | null }> = yield* workflow.call('finish-restore-box', { runId, step, box, cursor });
      if (finished.status === 'failed') return [finished.problem];
      cursor = finished.next;
    }
  }
  return [];
}

function* end(workflow: HubkeepWorkflow, ending: EndRestoreRequest): OrchestrationOf<'restore-share'> {
  const ended = yield* workflow.call('end-restore', ending);
  showPhase(workflow, 'ended');
  return { status: ended.status === 'succeeded' ? ended.ended : 'failed' };
}

function showPhase(workflow: HubkeepWorkflow, phase: RestorePhase) {
  workflow.setStatus({ phase });
}

/** One range of the index after the other, each box after box. When it fails it fails alone. */
export function* restoreShareLane(
  workflow: HubkeepWorkflow,
  input: Input<'restore-share-lane'>,
): OrchestrationOf<'restore-share-lane'> {
  const { runId, partitions, lane, lanes } = input;
  let { partition, box, cursor } = input.progress ?? firstOf(input);
  try {
    for (let round = 0; round < boxesPerRound; round++) {
      const restored = yield* workflow.call('restore-share-box', { runId, partition, partitions, box, cursor });
      if (restored.status === 'failed') return restored.problem;
      cursor = restored.next;
      box = cursor === null ? 0 : box + 1;
      if (cursor === null) partition += lanes;
      if (partition >= partitions) return null;
    }
  } catch (error) {
    return problemOf(error);
  }
  return workflow.continueAsNew({ runId, partitions, lane, lanes, progress: { partition, box, cursor } });
}

function firstOf({ lane }: RestoreLaneRequest): NonNullable<RestoreLaneRequest['progress']> {
  return { partition: lane, box: 0, cursor: null };
}
