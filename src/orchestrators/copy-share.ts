import { problemOf } from '../workflow/step-failed';
import type { HubkeepWorkflow, Input, OrchestrationOf } from './types';

/** Boxes after which the history is cut: it grows with every box, and the cursor is all the next one needs. */
const boxesPerRound = 100;

/** One pass over the share, box after box, until a box reports no cursor. */
export function* copyShare(workflow: HubkeepWorkflow, input: Input<'copy-share'>): OrchestrationOf<'copy-share'> {
  const { runId, sequence, pass, base } = input;
  const results = [...(input.progress?.results ?? [])];
  let cursor: string | null = input.progress?.cursor ?? null;
  try {
    for (let round = 0; round < boxesPerRound; round++) {
      const box = yield* workflow.call('copy-share-box', {
        runId,
        sequence,
        pass,
        base,
        partition: {},
        box: results.length,
        cursor,
      });
      if (box.status === 'failed') return { results, finishedAt: null, problem: box.problem };
      results.push(box.result);
      cursor = box.next;
      if (cursor === null) return { results, finishedAt: box.finishedAt };
    }
  } catch (error) {
    return { results, finishedAt: null, problem: problemOf(error) };
  }
  return workflow.continueAsNew({ ...input, progress: { results, cursor: cursor ?? '' } });
}
