import type { ActivityMap, OrchestratorMap } from '../../src/contracts/activities';
import type { Component } from '../../src/contracts/components';
import type { Problem } from '../../src/contracts/outcome';
import type { RunRequest } from '../../src/contracts/run';
import { hubkeepVersion } from '../../src/contracts/version';
import { backUp } from '../../src/orchestrators/back-up';
import type { LeafStep, Step } from '../../src/workflow/steps';
import { drive } from '../support/drive';

type Names = ActivityMap & OrchestratorMap;
type Answers = { readonly [N in keyof Names]?: (input: Names[N]['input']) => unknown };

const runId = '20261122T020000Z-7f3a';
const target = { server: 'sql1', database: 'appservice_hosting' };
const problem: Problem = { code: 'sql.unreachable', message: 'sql1 does not answer' };

function runOf(components: Component[], changes: Partial<RunRequest> = {}): RunRequest {
  return {
    runId,
    version: hubkeepVersion,
    components,
    trigger: 'timer',
    startedAt: '2026-11-22T02:00:00.000Z',
    fence: 7,
    ...changes,
  };
}

function taken(finishedAt: string, file = 'a.bak') {
  return [{ target, outcome: { status: 'succeeded', backup: { proof: { finishedAt } }, staging: [file] } }];
}

const previous = { id: '20261121T020000Z-aaaa', sha256: 'a'.repeat(64) };
const place = { sequence: 5, previous };

const usual: Answers = {
  'begin-run': () => ({ status: 'succeeded', shareBase: previous.id, place, shareWidth: 1 }),
  'back-up-databases': () => taken('2026-11-22T02:05:00.000Z'),
  'copy-share': () => ({ boxes: [3], finishedAt: '2026-11-22T02:10:00.000Z' }),
  'keep-secrets': () => ({ status: 'succeeded', custody: {}, warnings: [] }),
  'commit-recovery-point': () => ({ status: 'succeeded', outcome: 'complete', sequence: 5, problems: [], warnings: [] }),
  'remove-staging': () => ({ status: 'succeeded', removed: 1 }),
  'end-run': () => ({ status: 'succeeded' }),
};

/** Drives one run: its steps by name (what runs side by side on one line), its phases, its end, and every input. */
function play(run: RunRequest, changed: Answers = {}) {
  const answers: Answers = { ...usual, ...changed };
  const inputs: LeafStep[] = [];
  const { steps, statuses, result } = drive(backUp, run, (step) => {
    inputs.push(step);
    if (step.kind === 'sleep') throw new Error('A run does not sleep.');
    const answer = answers[step.name as keyof Names] as ((input: unknown) => unknown) | undefined;
    return answer?.(step.input);
  });
  const inputOf = (name: keyof Names) =>
    inputs.flatMap((step) => (step.kind !== 'sleep' && step.name === name ? [step.input] : []));
  return {
    steps: steps.map(nameOf),
    phases: (statuses as { phase: string }[]).map(({ phase }) => phase),
    result,
    inputOf,
  };
}

function nameOf(step: Step): string {
  if (step.kind === 'all') return step.steps.map(nameOf).filter(Boolean).join(' | ');
  return step.kind === 'sleep' ? 'sleep' : step.name;
}

test('all three components: side by side, then the share catches up, then the commit, and staging goes last', () => {
  const run = play(runOf(['databases', 'fileshare', 'secrets']));
  expect(run.steps).toEqual([
    'begin-run',
    'back-up-databases | copy-share | keep-secrets',
    'copy-share',
    'commit-recovery-point',
    'remove-staging',
    'end-run',
  ]);
  expect(run.phases).toEqual(['starting', 'copying', 'catching-up', 'committing', 'finishing', 'ended']);
  expect(run.result).toEqual({ output: { status: 'complete' } });
  expect(run.inputOf('copy-share')).toEqual([
    { runId, sequence: 5, pass: 'bulk', point: '20261121T020000Z-aaaa', width: 1 },
    { runId, sequence: 5, pass: 'delta', point: '20261121T020000Z-aaaa', width: 1, bulk: [3] },
  ]);
  expect(run.inputOf('remove-staging')).toEqual([{ runId, server: 'sql1', files: ['a.bak'] }]);
  expect(run.inputOf('end-run')).toMatchObject([{ status: 'complete', committed: true, problems: [] }]);
});

test('the share alone: one pass, since no database has to agree with it', () => {
  const run = play(runOf(['fileshare']));
  expect(run.steps).toEqual(['begin-run', 'copy-share', 'commit-recovery-point', 'end-run']);
  expect(run.phases).toEqual(['starting', 'copying', 'committing', 'finishing', 'ended']);
  expect(run.inputOf('commit-recovery-point')).toMatchObject([{ databases: null, share: { delta: null }, secrets: null }]);
});

test('databases that are more than ten minutes older than the share are taken again before the share catches up', () => {
  const run = play(runOf(['databases', 'fileshare']), {
    'back-up-databases': ({ round }) => taken(`2026-11-22T0${round + 1}:00:00.000Z`, `round-${round}.bak`),
    'copy-share': () => ({ boxes: [1], finishedAt: '2026-11-22T02:10:00.001Z' }),
  });
  expect(run.steps).toEqual([
    'begin-run',
    'back-up-databases | copy-share',
    'back-up-databases',
    'copy-share',
    'commit-recovery-point',
    'remove-staging',
    'end-run',
  ]);
  expect(run.phases).toEqual(['starting', 'copying', 'databases-again', 'catching-up', 'committing', 'finishing', 'ended']);
  expect(run.inputOf('commit-recovery-point')).toMatchObject([
    { databases: [{ outcome: { backup: { proof: { finishedAt: '2026-11-22T03:00:00.000Z' } } } }] },
  ]);
  expect(run.inputOf('remove-staging')).toMatchObject([{ files: ['round-2.bak', 'round-1.bak'] }]);
});

test('what a first replica staged goes from there when another one took the backup after it', () => {
  const on = (server: string) => ({ server, database: 'hosting', group: 'ag' });
  const taking = (server: string) =>
    taken('2026-11-22T01:00:00.000Z', `${server}.bak`).map((one) => ({ ...one, target: on(server) }));
  const run = play(runOf(['databases', 'fileshare']), {
    'back-up-databases': ({ round }) => taking(`sql${round}`),
  });
  expect(run.inputOf('remove-staging')).toEqual([
    { runId, server: 'sql2', files: ['sql2.bak'] },
    { runId, server: 'sql1', files: ['sql1.bak'] },
  ]);
});

test('a database that fails the second time keeps the backup it has', () => {
  const run = play(runOf(['databases', 'fileshare']), {
    'back-up-databases': ({ round }) =>
      round === 1 ? taken('2026-11-22T01:00:00.000Z') : [{ target, outcome: { status: 'failed', problem } }],
  });
  expect(run.inputOf('commit-recovery-point')).toMatchObject([
    { databases: [{ outcome: { status: 'succeeded', backup: { proof: { finishedAt: '2026-11-22T01:00:00.000Z' } } } }] },
  ]);
});

test('a component that fails does not stop the others, and the run ends as the commit says', () => {
  const run = play(runOf(['databases', 'fileshare', 'secrets']), {
    'back-up-databases': () => [{ target, outcome: { status: 'failed', problem } }],
    'commit-recovery-point': () => ({
      ...{ status: 'succeeded', outcome: 'partial', sequence: 5, warnings: [] },
      problems: [{ ...problem, component: 'databases' }],
    }),
  });
  expect(run.steps).toEqual([
    'begin-run',
    'back-up-databases | copy-share | keep-secrets',
    'copy-share',
    'commit-recovery-point',
    'remove-staging',
    'end-run',
  ]);
  expect(run.result).toEqual({ output: { status: 'partial' } });
  expect(run.inputOf('end-run')).toMatchObject([{ status: 'partial', committed: true, problems: [{ code: 'sql.unreachable' }] }]);
});

test('a database found damaged the second time keeps the backup it has, and the damage is told too', () => {
  const damaged = { target, outcome: { status: 'failed', problem: { code: 'sql.corrupt', message: 'error 824' } } };
  const run = play(runOf(['databases', 'fileshare']), {
    'back-up-databases': ({ round }) => (round === 1 ? taken('2026-11-22T01:00:00.000Z') : [damaged]),
  });
  expect(run.inputOf('commit-recovery-point')).toMatchObject([{ databases: [{ outcome: { status: 'succeeded' } }, damaged] }]);
});

test('damage of the first time is told once more when the second time went well on another replica', () => {
  const hosting = (server: string) => ({ server, database: 'hosting', group: 'ag' });
  const damaged = {
    target: hosting('sql2'),
    outcome: { status: 'failed', problem: { code: 'sql.corrupt', message: 'error 824' } },
  };
  const taking = (round: number) => taken(`2026-11-22T0${round}:00:00.000Z`).map((one) => ({ ...one, target: hosting('sql1') }));
  const run = play(runOf(['databases', 'fileshare']), {
    'back-up-databases': ({ round }) => (round === 1 ? [...taking(1), damaged] : taking(2)),
  });
  const [commit] = run.inputOf('commit-recovery-point') as { databases: unknown[] }[];
  expect(commit?.databases).toMatchObject([{ target: hosting('sql1'), outcome: { status: 'succeeded' } }, damaged]);
});

test('a share that fails is not copied a second time', () => {
  const run = play(runOf(['databases', 'fileshare']), { 'copy-share': () => ({ boxes: [], finishedAt: null, problem }) });
  expect(run.steps).toEqual([
    'begin-run',
    'back-up-databases | copy-share',
    'commit-recovery-point',
    'remove-staging',
    'end-run',
  ]);
});

test('nothing to commit: the run fails with the reasons, and the backups go from their servers', () => {
  const run = play(runOf(['databases', 'fileshare']), {
    'commit-recovery-point': () => ({ status: 'failed', problem, problems: [problem] }),
  });
  expect(run.steps.slice(-3)).toEqual(['commit-recovery-point', 'remove-staging', 'end-run']);
  expect(run.result).toEqual({ output: { status: 'failed' } });
  expect(run.inputOf('end-run')).toMatchObject([{ committed: false, problems: [problem] }]);
});

test('a step that fails for good fails the run, which still ends in order', () => {
  const run = play(runOf(['fileshare']), {
    'begin-run': () => {
      throw new Error('away');
    },
  });
  expect(run.steps).toEqual(['begin-run', 'end-run']);
  expect(run.inputOf('end-run')).toMatchObject([{ status: 'failed', problems: [{ code: 'internal', message: 'away' }] }]);
});

const left: Problem = { code: 'sql.staging-left', message: 'a.bak is left', hint: 'Remove it.', causes: ['denied'] };

test.each<[string, () => unknown, object]>([
  [
    'and says why',
    () => ({ status: 'failed', problem: left }),
    { code: left.code, message: 'a.bak is left (denied)', hint: left.hint },
  ],
  [
    'and fails for good',
    () => {
      throw new Error('away');
    },
    { code: 'internal', message: 'away' },
  ],
])('staging that cannot be removed, %s, is a warning and not worth a failed run', (_, answer, warning) => {
  const run = play(runOf(['databases']), { 'remove-staging': answer });
  expect(run.result).toEqual({ output: { status: 'complete' } });
  expect(run.inputOf('end-run')).toMatchObject([{ status: 'complete', committed: true, warnings: [warning] }]);
});

test.each<[string, Problem, object[]]>([
  ['what it left and cannot be removed is told', left, [{ code: left.code }]],
  ['a directory that nobody can look into is its failure, and no news', { code: 'sql.staging-unreadable', message: 'gone' }, []],
])('a server on which a database failed is cleared too: %s', (_, answer, warnings) => {
  const run = play(runOf(['databases']), {
    'back-up-databases': () => [{ target, outcome: { status: 'failed', problem } }],
    'remove-staging': () => ({ status: 'failed', problem: answer }),
  });
  expect(run.inputOf('remove-staging')).toEqual([{ runId, server: 'sql1', files: [] }]);
  expect(run.inputOf('end-run')).toMatchObject([{ warnings }]);
});

test('where no server could even be chosen there is nothing to clear', () => {
  const nowhere = { server: 'SQL_SERVERS', database: 'all databases' };
  const run = play(runOf(['databases']), {
    'back-up-databases': () => [{ target: nowhere, outcome: { status: 'failed', problem } }],
  });
  expect(run.inputOf('remove-staging')).toEqual([]);
});

test('files that stay after a failed night are told with its failure', () => {
  const run = play(runOf(['databases']), {
    'commit-recovery-point': () => ({ status: 'failed', problem, problems: [problem] }),
    'remove-staging': () => ({ status: 'failed', problem: left }),
  });
  expect(run.inputOf('end-run')).toMatchObject([{ status: 'failed', problems: [problem], warnings: [{ code: left.code }] }]);
});

test.each([
  ['begin-run', { status: 'failed', problem: { code: 'run.cancelled', message: 'cancelled' } }],
  ['commit-recovery-point', { status: 'failed', problem: { code: 'run.cancelled', message: 'cancelled' }, problems: [] }],
] as const)('a run cancelled during %s ends as cancelled', (step, answer) => {
  const run = play(runOf(['fileshare']), { [step]: () => answer });
  expect(run.result).toEqual({ output: { status: 'cancelled' } });
  expect(run.inputOf('end-run')).toMatchObject([{ committed: false, problems: [] }]);
});

test('a run that another version started takes no step but its end', () => {
  const run = play(runOf(['fileshare'], { version: '0.0.1' }));
  expect(run.steps).toEqual(['end-run']);
  expect(run.result).toEqual({ output: { status: 'superseded' } });
});
