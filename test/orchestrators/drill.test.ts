import type { DrillInput } from '../../src/contracts/activities';
import type { DrillRequest } from '../../src/contracts/drill';
import type { Problem } from '../../src/contracts/outcome';
import { hubkeepVersion } from '../../src/contracts/version';
import { drill } from '../../src/orchestrators/drill';
import type { LeafStep } from '../../src/workflow/steps';
import { drive } from '../support/drive';

const request: DrillRequest = {
  drillId: '20261122T060000Z-7f3a',
  version: hubkeepVersion,
  trigger: 'timer',
  parts: ['verify', 'share', 'databases'],
  share: 0.05,
  startedAt: '2026-11-22T06:00:00.000Z',
};
const recoveryPoint = '20261122T020000Z-7f3a';
const problem: Problem = { code: 'store.unauthorized', message: 'may not read' };
const share = { status: 'skipped', reason: 'none' };
const databases = { status: 'not-configured' };

const nameOf = (step: LeafStep) => (step.kind === 'sleep' ? '' : step.name);

function answers(over: Readonly<Record<string, (input: { box: number }) => unknown>> = {}) {
  const usual: Record<string, unknown> = {
    'begin-drill': { status: 'succeeded', recoveryPoint },
    'verify-box': { status: 'succeeded', isLast: true },
    'settle-verification': { status: 'succeeded', findings: 0 },
    'drill-share': share,
    'drill-databases': databases,
    'end-drill': { status: 'succeeded', drill: 'succeeded' },
  };
  return (step: LeafStep) => {
    const input = step.kind === 'sleep' ? { box: 0 } : (step.input as { box: number });
    return over[nameOf(step)]?.(input) ?? usual[nameOf(step)];
  };
}

const run = (over: Parameters<typeof answers>[0] = {}, input: DrillInput = { request }) => {
  const { steps, result } = drive(drill, input, answers(over));
  return { names: (steps as LeafStep[]).map(nameOf), steps: steps as LeafStep[], result };
};

test('it begins, verifies in boxes, rehearses share and databases, and ends', () => {
  const { steps, result } = run({ 'verify-box': ({ box }) => ({ status: 'succeeded', isLast: box === 2 }) });
  const common = { request, recoveryPoint };
  expect(steps).toEqual([
    { kind: 'call', name: 'begin-drill', input: { request } },
    ...[0, 1, 2].map((box) => ({ kind: 'call', name: 'verify-box', input: { ...common, box } })),
    { kind: 'call', name: 'settle-verification', input: { ...common, boxes: 3 } },
    { kind: 'call', name: 'drill-share', input: common },
    { kind: 'call', name: 'drill-databases', input: common },
    { kind: 'call', name: 'end-drill', input: { request, steps: { recoveryPoint, problems: [], share, databases } } },
  ]);
  expect(result).toEqual({ output: { status: 'succeeded' } });
});

test('one that only verifies reads no box for sizes and hashes, and rehearses nothing', () => {
  const verifying: DrillRequest = { ...request, parts: ['verify'], share: 0 };
  expect(run({}, { request: verifying }).names).toEqual(['begin-drill', 'settle-verification', 'end-drill']);
});

test('many boxes start over with a short history and go on where they were', () => {
  const { result } = run({ 'verify-box': () => ({ status: 'succeeded', isLast: false }) });
  const next = { request, progress: { recoveryPoint, box: 50 } };
  expect(result).toMatchObject({ continueAsNew: next });
  const { names, steps } = run({}, next);
  expect(names[0]).toBe('verify-box');
  expect(steps[1]).toMatchObject({ name: 'settle-verification', input: { boxes: 51 } });
});

test('no point, a box that fails or another version: the end is told of it in any case', () => {
  const ends = (result: ReturnType<typeof run>) =>
    result.steps.at(-1) as { name: string; input: { steps: { problems: Problem[] } } };
  const none = run({ 'begin-drill': () => ({ status: 'failed', problem }) });
  expect([none.names, ends(none).input.steps]).toEqual([['begin-drill', 'end-drill'], { problems: [problem] }]);

  const box = run({ 'verify-box': () => ({ status: 'failed', problem }) });
  expect(box.names).toContain('drill-share');
  expect(ends(box).input.steps.problems).toEqual([problem]);

  const older = run({}, { request: { ...request, version: '0.0.1' } });
  expect(older.names).toEqual(['end-drill']);
  expect(ends(older).input.steps.problems).toMatchObject([{ code: 'run.superseded' }]);
});
