import type { CopyLaneRequest, LaneCopy, LaneProgress } from '../contracts/activities';
import { problemOf } from '../workflow/step-failed';
import type { Steps } from '../workflow/workflow';
import type { HubkeepWorkflow, Input, OrchestrationOf } from './types';

/** Boxes after which the history is cut: it grows with every box, and where they have come to is all the next one needs. */
const boxesPerRound = 100;

/** One lane of several: when it fails it fails alone. */
export function* copyShareLane(workflow: HubkeepWorkflow, input: Input<'copy-share-lane'>): OrchestrationOf<'copy-share-lane'> {
  const copied = yield* copyPartitions(workflow, input);
  return 'cut' in copied ? workflow.continueAsNew({ ...input, progress: copied.cut }) : copied;
}

/** One partition of a lane after the other, each box after box, until the last is done, a box fails or the history is to be cut. */
export function* copyPartitions(
  workflow: HubkeepWorkflow,
  work: CopyLaneRequest,
): Steps<LaneCopy | { readonly cut: LaneProgress }> {
  const { partitions, lane, lanes } = work;
  const boxes = [...(work.progress?.boxes ?? [])];
  let { box, cursor } = work.progress ?? { box: 0, cursor: null };
  try {
    for (let round = 0; round < boxesPerRound; round++) {
      const copied = yield* workflow.call('copy-share-box', { ...boxInputOf(work, boxes.length), box, cursor });
      if (copied.status === 'failed') return { boxes, finishedAt: null, problem: copied.problem };
      box += 1;
      cursor = copied.next;
      if (cursor !== null) continue;
      boxes.push(box);
      box = 0;
      if (lane + boxes.length * lanes >= partitions) return { boxes, finishedAt: copied.finishedAt };
    }
  } catch (error) {
    return { boxes, finishedAt: null, problem: problemOf(error) };
  }
  return { cut: { boxes, box, cursor } };
}

function boxInputOf({ runId, sequence, pass, point, bulk, partitions, lane, lanes }: CopyLaneRequest, turn: number) {
  const bulkBoxes = bulk?.[turn];
  return {
    ...{ runId, sequence, pass, point, partitions, partition: lane + turn * lanes },
    ...(lanes === 1 ? {} : { lane }),
    ...(bulkBoxes === undefined ? {} : { bulkBoxes }),
  };
}
