import type { ActivityMap, CopyShareRequest, LaneCopy, OrchestratorMap } from '../../src/contracts/activities';
import type { Problem } from '../../src/contracts/outcome';
import type { BoxInput } from '../../src/contracts/share-copy';
import { copyShareLane } from '../../src/orchestrators/copy-partitions';
import { copyShare } from '../../src/orchestrators/copy-share';
import type { LeafStep } from '../../src/workflow/steps';
import { drive } from '../support/drive';

type LaneInput = OrchestratorMap['copy-share-lane']['input'];

const runId = '20261122T020000Z-7f3a';
const point = '20261121T020000Z-aaaa';
const problem: Problem = { code: 'share.not-found', message: 'the share went away' };
const bulk: CopyShareRequest = { runId, sequence: 5, pass: 'bulk', point, width: 1 };
const minute = (n: number) => `2026-11-22T02:${String(n).padStart(2, '0')}:00.000Z`;

const inputsOf = (steps: readonly unknown[]) => (steps as LeafStep[]).map((step) => (step.kind === 'sleep' ? '' : step.input));
const namesOf = (steps: readonly unknown[]) => (steps as LeafStep[]).map((step) => (step.kind === 'sleep' ? '' : step.name));

/** Boxes of a share that ends in the box of this number. */
function boxes(last: number) {
  return (step: LeafStep): ActivityMap['copy-share-box']['output'] => {
    const { box } = (step as { input: BoxInput }).input;
    return { status: 'succeeded', next: box === last ? null : `after ${box}`, finishedAt: minute(box % 60) };
  };
}

test('one activity wide: box after box over the whole share, and no step besides', () => {
  const { steps, result } = drive(copyShare, bulk, boxes(2));
  const box = { runId, sequence: 5, pass: 'bulk', point, partitions: 1, partition: 0 };
  expect(namesOf(steps)).toEqual(['copy-share-box', 'copy-share-box', 'copy-share-box']);
  expect(inputsOf(steps)).toEqual([
    { ...box, box: 0, cursor: null },
    { ...box, box: 1, cursor: 'after 0' },
    { ...box, box: 2, cursor: 'after 1' },
  ]);
  expect(result).toEqual({ output: { boxes: [3], finishedAt: minute(2) } });
});

test('a delta pass tells each box what the bulk pass left for it to build upon', () => {
  const { steps } = drive(copyShare, { ...bulk, pass: 'delta', bulk: [7] }, boxes(0));
  expect(inputsOf(steps)).toMatchObject([{ pass: 'delta', bulkBoxes: 7, partitions: 1, box: 0 }]);
});

test('the history is cut after a hundred boxes, and a cut pass goes on where it was', () => {
  const first = drive(copyShare, bulk, boxes(120));
  expect(first.steps).toHaveLength(100);
  expect(first.result).toEqual({ continueAsNew: { ...bulk, progress: { boxes: [], box: 100, cursor: 'after 99' } } });
  const next = (first.result as { continueAsNew: CopyShareRequest }).continueAsNew;
  const second = drive(copyShare, next, boxes(120));
  expect(second.steps).toHaveLength(21);
  expect(inputsOf(second.steps)[0]).toMatchObject({ box: 100, cursor: 'after 99' });
  expect(second.result).toEqual({ output: { boxes: [121], finishedAt: minute(0) } });
});

test('a pass that ends with the hundredth box is not cut', () => {
  expect(drive(copyShare, bulk, boxes(99)).result).toMatchObject({ output: { boxes: [100] } });
});

test('a box that fails ends the pass with its reason', () => {
  const { result } = drive(copyShare, bulk, (step, index) => (index === 1 ? { status: 'failed', problem } : boxes(9)(step)));
  expect(result).toEqual({ output: { boxes: [], finishedAt: null, problem } });
});

test('several wide: a plan, and as many lanes side by side', () => {
  const { steps, result } = drive(copyShare, { ...bulk, width: 3 }, (_step, index) =>
    index === 0
      ? { status: 'succeeded', partitions: 8 }
      : ({
          boxes: index === 3 ? [index, 30] : [index, 10 * index, 100 * index],
          finishedAt: minute(9 - index),
        } satisfies LaneCopy),
  );
  expect(inputsOf(steps.slice(0, 1))).toEqual([{ runId, point, width: 3 }]);
  const lane = { runId, sequence: 5, pass: 'bulk', point, partitions: 8, lanes: 3 };
  expect(steps[1]).toEqual({
    kind: 'all',
    steps: [0, 1, 2].map((number) => ({ kind: 'sub', name: 'copy-share-lane', input: { ...lane, lane: number } })),
  });
  expect(result).toEqual({ output: { boxes: [1, 2, 3, 10, 20, 30, 100, 200], finishedAt: minute(8) } });
});

test('the delta pass has the partitions of the bulk pass without planning again', () => {
  const delta = { ...bulk, pass: 'delta', width: 2, bulk: [5, 6, 7] } as const;
  const { steps } = drive(copyShare, { ...delta, bulk: [...delta.bulk] }, () => ({ boxes: [1, 1], finishedAt: minute(1) }));
  expect(steps).toMatchObject([
    {
      kind: 'all',
      steps: [{ input: { lane: 0, partitions: 3, bulk: [5, 7] } }, { input: { lane: 1, partitions: 3, bulk: [6] } }],
    },
  ]);
});

test('a share that is not worth a cut is copied in one piece, and not planned a second time', () => {
  const { steps, result } = drive(copyShare, { ...bulk, width: 4 }, (step, index) =>
    index === 0 ? { status: 'succeeded', partitions: 1 } : boxes(300)(step),
  );
  expect(namesOf(steps.slice(0, 2))).toEqual(['plan-share-partitions', 'copy-share-box']);
  expect(result).toMatchObject({ continueAsNew: { width: 1, progress: { box: 100 } } });
});

test('a share that cannot be planned fails with the reason, whether it is returned or thrown', () => {
  const returned = drive(copyShare, { ...bulk, width: 4 }, () => ({ status: 'failed', problem }));
  expect(returned.result).toEqual({ output: { boxes: [], finishedAt: null, problem } });
  const thrown = drive(copyShare, { ...bulk, width: 4 }, () => {
    throw new Error('away');
  });
  expect(thrown.result).toMatchObject({ output: { boxes: [], problem: { message: 'away' } } });
});

test('a lane that fails loses nothing of what it and the others have done', () => {
  const { result } = drive(copyShare, { ...bulk, pass: 'delta', width: 2, bulk: [1, 1, 1, 1] }, (_step, index) =>
    index === 0 ? { boxes: [2], finishedAt: null, problem } : { boxes: [3, 3], finishedAt: minute(3) },
  );
  expect(result).toEqual({ output: { boxes: [2, 3, 0, 3], finishedAt: null, problem } });
});

const lane: LaneInput = { runId, sequence: 5, pass: 'bulk', point, partitions: 8, lane: 1, lanes: 3 };

test('a lane works off every third partition, each from its beginning', () => {
  const { steps, result } = drive(copyShareLane, { ...lane, pass: 'delta', bulk: [4, 5, 6] }, boxes(1));
  expect(inputsOf(steps)).toMatchObject([
    { lane: 1, partition: 1, bulkBoxes: 4, box: 0, cursor: null },
    { lane: 1, partition: 1, bulkBoxes: 4, box: 1, cursor: 'after 0' },
    { lane: 1, partition: 4, bulkBoxes: 5, box: 0, cursor: null },
    { lane: 1, partition: 4, bulkBoxes: 5, box: 1 },
    { lane: 1, partition: 7, bulkBoxes: 6, box: 0 },
    { lane: 1, partition: 7, bulkBoxes: 6, box: 1 },
  ]);
  expect(result).toEqual({ output: { boxes: [2, 2, 2], finishedAt: minute(1) } });
});

test('a lane whose history is cut keeps what its partitions took', () => {
  const first = drive(copyShareLane, lane, boxes(59));
  expect(first.result).toEqual({ continueAsNew: { ...lane, progress: { boxes: [60], box: 40, cursor: 'after 39' } } });
  const second = drive(copyShareLane, { ...lane, progress: { boxes: [60], box: 40, cursor: 'after 39' } }, boxes(59));
  expect(inputsOf(second.steps)[0]).toMatchObject({ partition: 4, box: 40, cursor: 'after 39' });
  expect(second.result).toMatchObject({ output: { boxes: [60, 60, 60] } });
});

test('a lane cut between two partitions begins with the next one', () => {
  const { result } = drive(copyShareLane, lane, boxes(49));
  expect(result).toMatchObject({ continueAsNew: { progress: { boxes: [50, 50], box: 0, cursor: null } } });
});

test('a lane never throws: what fails for good is its outcome', () => {
  const { result } = drive(copyShareLane, lane, (step, index) => {
    if (index === 2) throw new Error('away');
    return boxes(0)(step);
  });
  expect(result).toMatchObject({ output: { boxes: [1, 1], finishedAt: null, problem: { message: 'away' } } });
});
