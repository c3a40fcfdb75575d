import type { ActivityMap, RestoreLaneRequest } from '../../src/contracts/activities';
import type { Problem } from '../../src/contracts/outcome';
import type { RestoreBoxInput } from '../../src/contracts/restore';
import { hubkeepVersion } from '../../src/contracts/version';
import { restoreShare, restoreShareLane } from '../../src/orchestrators/restore-share';
import type { LeafStep } from '../../src/workflow/steps';
import { drive } from '../support/drive';

const runId = '20261122T020000Z-7f3a';
const run = { runId, version: hubkeepVersion };
const problem: Problem = { code: 'restore.incomplete', message: 'the disk is full' };
const cancelled: Problem = { code: 'run.cancelled', message: 'cancelled' };

const nameOf = (step: LeafStep) => (step.kind === 'sleep' ? '' : step.name);
const inputOf = (step: LeafStep) => (step.kind === 'sleep' ? '' : step.input);

/** What each step gives, unless `over` says otherwise. */
function answers(over: Readonly<Record<string, (step: LeafStep, index: number) => unknown>> = {}) {
  const usual: Record<string, unknown> = {
    'begin-restore': { status: 'succeeded', partitions: 5, width: 2 },
    'restore-share-lane': null,
    'finish-restore-box': { status: 'succeeded', next: null },
    'end-restore': { status: 'succeeded', ended: 'complete' },
  };
  return (step: LeafStep, index: number) => over[nameOf(step)]?.(step, index) ?? usual[nameOf(step)];
}

test('a plan, lanes side by side, links, times of directories, and the end', () => {
  const { steps, statuses, result } = drive(restoreShare, run, answers());
  const lane = { runId, partitions: 5, lanes: 2 };
  expect(steps).toEqual([
    { kind: 'call', name: 'begin-restore', input: run },
    {
      kind: 'all',
      steps: [0, 1].map((number) => ({ kind: 'sub', name: 'restore-share-lane', input: { ...lane, lane: number } })),
    },
    { kind: 'call', name: 'finish-restore-box', input: { runId, step: 'links', box: 0, cursor: null } },
    { kind: 'call', name: 'finish-restore-box', input: { runId, step: 'times', box: 0, cursor: null } },
    { kind: 'call', name: 'end-restore', input: { run, outcome: 'restored', problems: [] } },
  ]);
  expect(statuses).toEqual(['starting', 'restoring', 'finishing', 'ended'].map((phase) => ({ phase })));
  expect(result).toEqual({ output: { status: 'complete' } });
});

test('what comes last goes box after box, links before times', () => {
  const { steps } = drive(
    restoreShare,
    run,
    answers({
      'finish-restore-box': (step) => {
        const { step: kind, box } = inputOf(step) as { step: string; box: number };
        return { status: 'succeeded', next: box < 2 ? `${kind} ${box}` : null };
      },
    }),
  );
  const finishing = (steps as LeafStep[]).filter((step) => nameOf(step) === 'finish-restore-box').map(inputOf);
  expect(finishing).toEqual(
    ['links', 'times'].flatMap((step) => [null, `${step} 0`, `${step} 1`].map((cursor, box) => ({ runId, step, box, cursor }))),
  );
});

test.each([
  ['the beginning', 'begin-restore', { status: 'failed', problem }],
  ['a lane', 'restore-share-lane', problem],
  ['the links', 'finish-restore-box', { status: 'failed', problem }],
])('%s that fails ends the restore with its reason, and nothing comes after it', (_, name, answer) => {
  const { steps, result } = drive(
    restoreShare,
    run,
    answers({ [name]: () => answer, 'end-restore': () => ({ status: 'succeeded', ended: 'failed' }) }),
  );
  expect(steps.at(-1)).toMatchObject({ input: { run, outcome: 'failed', problems: [problem] } });
  expect((steps as LeafStep[]).filter((step) => nameOf(step) === 'finish-restore-box').length).toBeLessThan(2);
  expect(result).toEqual({ output: { status: 'failed' } });
});

test('what is thrown for good ends it as well, and what was cancelled ends as cancelled', () => {
  const thrown = drive(
    restoreShare,
    run,
    answers({
      'begin-restore': () => {
        throw new Error('away');
      },
    }),
  );
  expect(thrown.steps.at(-1)).toMatchObject({ input: { outcome: 'failed', problems: [{ message: 'away' }] } });
  const stopped = drive(restoreShare, run, answers({ 'restore-share-lane': () => cancelled }));
  expect(stopped.steps.at(-1)).toMatchObject({ input: { outcome: 'cancelled', problems: [] } });
});

test('one that another version of the program started ends as superseded, before any other step', () => {
  const { steps } = drive(restoreShare, { runId, version: '0.0.1' }, answers());
  expect(steps).toMatchObject([{ name: 'end-restore', input: { outcome: 'superseded' } }]);
});

const lane: RestoreLaneRequest = { runId, partitions: 5, lane: 1, lanes: 2 };

/** Boxes of ranges that each end in the box of this number. */
function boxes(last: number) {
  return (step: LeafStep): ActivityMap['restore-share-box']['output'] => {
    const { box } = inputOf(step) as RestoreBoxInput;
    return { status: 'succeeded', next: box === last ? null : `after ${box}` };
  };
}

test('a lane works off every second range, each from its beginning', () => {
  const { steps, result } = drive(restoreShareLane, lane, boxes(1));
  expect((steps as LeafStep[]).map(inputOf)).toEqual(
    [1, 3].flatMap((partition) => [
      { runId, partition, partitions: 5, box: 0, cursor: null },
      { runId, partition, partitions: 5, box: 1, cursor: 'after 0' },
    ]),
  );
  expect(result).toEqual({ output: null });
});

test('the history of a lane is cut after a hundred boxes, and it goes on where it was', () => {
  const first = drive(restoreShareLane, lane, boxes(59));
  expect(first.steps).toHaveLength(100);
  expect(first.result).toEqual({ continueAsNew: { ...lane, progress: { partition: 3, box: 40, cursor: 'after 39' } } });
  const next = (first.result as { continueAsNew: RestoreLaneRequest }).continueAsNew;
  const second = drive(restoreShareLane, next, boxes(59));
  expect(second.steps).toHaveLength(20);
  expect(second.result).toEqual({ output: null });
});

test('a lane never throws: what fails is its answer', () => {
  expect(drive(restoreShareLane, lane, () => ({ status: 'failed', problem })).result).toEqual({ output: problem });
  const thrown = drive(restoreShareLane, lane, () => {
    throw new Error('away');
  });
  expect(thrown.result).toMatchObject({ output: { message: 'away' } });
});
