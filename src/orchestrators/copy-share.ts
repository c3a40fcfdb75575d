import type { LaneCopy, ShareCopy } from '../contracts/activities';
import type { Outcome } from '../contracts/outcome';
import { problemOf } from '../workflow/step-failed';
import type { Steps } from '../workflow/workflow';
import { copyPartitions } from './copy-partitions';
import type { HubkeepWorkflow, Input, OrchestrationOf } from './types';

/** One pass over the share: box after box, or cut into partitions that several lanes work off side by side. */
export function* copyShare(workflow: HubkeepWorkflow, input: Input<'copy-share'>): OrchestrationOf<'copy-share'> {
  try {
    const plan = yield* planned(workflow, input);
    if (plan.status === 'failed') return { boxes: [], finishedAt: null, problem: plan.problem };
    const { partitions } = plan;
    if (partitions > 1) return yield* copyInLanes(workflow, input, partitions);
    const copied = yield* copyPartitions(workflow, { ...input, partitions, lane: 0, lanes: 1 });
    // One lane from here on: what turned out not to be worth a cut is not planned again.
    return 'cut' in copied ? workflow.continueAsNew({ ...input, width: 1, progress: copied.cut }) : copied;
  } catch (error) {
    return { boxes: [], finishedAt: null, problem: problemOf(error) };
  }
}

/** A share that one activity copies at a time is never cut; the delta pass has the partitions of the bulk pass. */
function* planned(workflow: HubkeepWorkflow, input: Input<'copy-share'>): Steps<Outcome<{ partitions: number }>> {
  const { runId, point, width, bulk } = input;
  if (bulk !== undefined) return { status: 'succeeded', partitions: bulk.length };
  if (width === 1) return { status: 'succeeded', partitions: 1 };
  return yield* workflow.call('plan-share-partitions', { runId, point, width });
}

function* copyInLanes(workflow: HubkeepWorkflow, input: Input<'copy-share'>, partitions: number): Steps<ShareCopy> {
  const { runId, sequence, pass, point, width, bulk } = input;
  const lanes = Math.min(width, partitions);
  const copies = yield* workflow.all(
    Array.from({ length: lanes }, (_, lane) => {
      const own = bulk === undefined ? {} : { bulk: bulk.filter((_boxes, partition) => partition % lanes === lane) };
      return workflow.sub('copy-share-lane', { runId, sequence, pass, point, partitions, lane, lanes, ...own });
    }),
  );
  return together(copies, partitions);
}

function together(copies: readonly LaneCopy[], partitions: number): ShareCopy {
  const lanes = copies.length;
  const boxes = Array.from({ length: partitions }, (_, p) => copies[p % lanes]?.boxes[Math.floor(p / lanes)] ?? 0);
  const problem = copies.find((copy) => copy.problem !== undefined)?.problem;
  if (problem !== undefined) return { boxes, finishedAt: null, problem };
  return {
    boxes,
    finishedAt:
      copies
        .flatMap(({ finishedAt }) => finishedAt ?? [])
        .sort()
        .at(-1) ?? null,
  };
}
