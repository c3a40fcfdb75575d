import type { Problem } from '../../src/contracts/outcome';
import { backUpDatabases, backUpOneDatabase } from '../../src/orchestrators/back-up-databases';
import type { LeafStep } from '../../src/workflow/steps';
import { drive } from '../support/drive';

const runId = '20261122T020000Z-7f3a';
const problem: Problem = { code: 'sql.backup-failed', message: 'the database is not accessible on this replica (976)' };
const failed = { status: 'failed', problem } as const;
const succeeded = { status: 'succeeded', backup: { warnings: ['own'] }, staging: ['a.bak'] };
const hosting = { server: 'sql2', database: 'hosting', group: 'ag' };

type Asked = { readonly name: string; readonly input: unknown };

function play(target: object, answers: Readonly<Record<string, (input: { server?: string }) => unknown>>) {
  const asked: Asked[] = [];
  const { result } = drive(backUpOneDatabase, { runId, round: 1, target } as never, (step: LeafStep) => {
    if (step.kind === 'sleep') throw new Error('it does not sleep');
    asked.push({ name: step.name, input: step.input });
    return answers[step.name]?.(step.input as { server?: string });
  });
  return { asked, result };
}

test('each database goes where it is routed, and what is wrong with the routes is an outcome too', () => {
  const lost = { target: { server: 'ag', database: 'hosting' }, outcome: failed };
  const { result, steps } = drive(backUpDatabases, { runId, round: 2 }, (step) => {
    if (step.kind === 'sleep') throw new Error('it does not sleep');
    if (step.name === 'route-databases')
      return { status: 'succeeded', targets: [hosting, { server: 'sql1', database: 'master' }], failed: [lost] };
    return { target: (step.input as { target: unknown }).target, outcome: succeeded };
  });
  expect(steps).toHaveLength(2);
  expect(result).toMatchObject({ output: [{ target: hosting }, { target: { server: 'sql1', database: 'master' } }, lost] });
});

test('when the servers cannot be asked at all, that is the outcome of all databases', () => {
  const { result } = drive(backUpDatabases, { runId, round: 1 }, () => failed);
  expect(result).toEqual({ output: [{ target: { server: 'SQL_SERVERS', database: 'all databases' }, outcome: failed }] });
});

test('a database of a group that fails is looked for again and taken where it is now', () => {
  const { asked, result } = play(hosting, {
    'back-up-database': ({ server }) => (server === 'sql2' ? failed : succeeded),
    'route-databases': () => ({ status: 'succeeded', targets: [{ ...hosting, server: 'sql1' }], failed: [] }),
  });
  expect(asked.map(({ name }) => name)).toEqual(['back-up-database', 'route-databases', 'back-up-database']);
  expect(asked[1]?.input).toEqual({ runId, database: 'hosting' });
  expect(result).toMatchObject({ output: { target: { server: 'sql1' }, outcome: { status: 'succeeded' } } });
});

test('one that is still where it failed is not tried there again', () => {
  const { asked, result } = play(hosting, {
    'back-up-database': () => failed,
    'route-databases': () => ({ status: 'succeeded', targets: [hosting], failed: [] }),
  });
  expect(asked).toHaveLength(2);
  expect(result).toMatchObject({ output: { target: hosting, outcome: failed } });
});

test('a group that moves for ever is given up', () => {
  let turn = 0;
  const { asked } = play(hosting, {
    'back-up-database': () => failed,
    'route-databases': () => ({ status: 'succeeded', targets: [{ ...hosting, server: `sql${(turn += 10)}` }], failed: [] }),
  });
  expect(asked.filter(({ name }) => name === 'back-up-database')).toHaveLength(3);
});

test('a database outside of a group is not looked for, and neither is one whose run was cancelled', () => {
  expect(play({ server: 'sql1', database: 'master' }, { 'back-up-database': () => failed }).asked).toHaveLength(1);
  const cancelled = { status: 'failed', problem: { code: 'run.cancelled', message: 'cancelled' } };
  expect(play(hosting, { 'back-up-database': () => cancelled }).asked).toHaveLength(1);
});

test('why a database is not taken where it should be stands among its warnings', () => {
  const { result } = play({ ...hosting, warnings: ['sql3 cannot be reached'] }, { 'back-up-database': () => succeeded });
  expect(result).toMatchObject({ output: { outcome: { backup: { warnings: ['sql3 cannot be reached', 'own'] } } } });
});
