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

function play(
  target: object,
  answers: Readonly<Record<string, (input: { server?: string }) => unknown>>,
  more: object = { road: 'disk' },
) {
  const asked: Asked[] = [];
  const { result } = drive(backUpOneDatabase, { runId, round: 1, target, ...more } as never, (step: LeafStep) => {
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
      return { status: 'succeeded', targets: [hosting, { server: 'sql1', database: 'master' }], failed: [lost], road: 'disk' };
    return { target: (step.input as { target: unknown }).target, outcome: succeeded, movedTo: [], damaged: [] };
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

test('damage on one replica is told although another one took the backup', () => {
  const corrupt = { status: 'failed', problem: { code: 'sql.corrupt', message: 'page 7' } } as const;
  const { result } = play(hosting, {
    'back-up-database': ({ server }) => (server === 'sql2' ? corrupt : succeeded),
    'route-databases': () => ({ status: 'succeeded', targets: [{ ...hosting, server: 'sql1' }], failed: [], road: 'disk' }),
  });
  const damaged = { target: hosting, outcome: corrupt };
  expect(result).toMatchObject({ output: { target: { server: 'sql1' }, outcome: { status: 'succeeded' }, damaged: [damaged] } });
  const { result: all } = drive(backUpDatabases, { runId, round: 1 }, (step) =>
    step.kind === 'sleep' || step.name === 'route-databases'
      ? { status: 'succeeded', targets: [hosting], failed: [], road: 'disk' }
      : { ...(result as { output: object }).output },
  );
  expect(all).toMatchObject({ output: [{ target: { server: 'sql1' } }, damaged] });
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

describe('when servers write to blobs by themselves', () => {
  const master = { server: 'sql1', database: 'master' };
  const refusal: Problem = { code: 'sql.target-unusable', message: 'too old' };

  function playAll(answers: Readonly<Record<string, (input: { server: string; target: { server: string } }) => unknown>>) {
    const asked: Asked[] = [];
    const { result } = drive(backUpDatabases, { runId, round: 1 }, (step) => {
      if (step.kind === 'sleep') throw new Error('it does not sleep');
      asked.push({ name: step.name, input: step.input });
      if (step.name === 'route-databases')
        return { status: 'succeeded', targets: [hosting, master, { ...master, database: 'metering' }], failed: [], road: 'url' };
      const answer = answers[step.name]?.(step.input as never);
      if (answer !== undefined) return answer;
      if (step.name !== 'back-up-one-database') return { status: 'succeeded' };
      return { target: (step.input as { target: unknown }).target, outcome: succeeded, movedTo: [], damaged: [] };
    });
    const serversOf = (name: string) =>
      asked.filter((step) => step.name === name).map(({ input }) => (input as { server: string }).server);
    return { asked, result: result as { output: { outcome: { backup: { warnings: string[] } } }[] }, serversOf };
  }

  test('each server is let once before its first database, and no longer after its last', () => {
    const { asked, serversOf } = playAll({});
    expect(serversOf('give-credential')).toEqual(['sql2', 'sql1']);
    expect(serversOf('take-credential')).toEqual(['sql2', 'sql1']);
    const names = asked.map(({ name }) => name);
    expect(names.lastIndexOf('give-credential')).toBeLessThan(names.indexOf('back-up-one-database'));
    expect(names.indexOf('take-credential')).toBeGreaterThan(names.lastIndexOf('back-up-one-database'));
  });

  test('a server that refuses is a reason of its own databases, and the others go on', () => {
    const { asked, serversOf } = playAll({
      'give-credential': ({ server }) => (server === 'sql1' ? { status: 'failed', problem: refusal } : undefined),
    });
    const inputs = asked.filter(({ name }) => name === 'back-up-one-database').map(({ input }) => input);
    expect(inputs).toMatchObject([
      { target: hosting },
      { target: master, refusal },
      { target: { database: 'metering' }, refusal },
    ]);
    expect(inputs[0]).not.toHaveProperty('refusal');
    expect(serversOf('take-credential')).toEqual(['sql2']);
  });

  test('servers that databases moved to are no longer let either', () => {
    const { serversOf } = playAll({
      'back-up-one-database': ({ target }) => ({
        target,
        outcome: succeeded,
        movedTo: target.server === 'sql2' ? ['sql3'] : [],
        damaged: [],
      }),
    });
    expect(serversOf('take-credential')).toEqual(['sql2', 'sql1', 'sql3']);
  });

  test('a credential that stays is a warning of what was taken there', () => {
    const { result } = playAll({
      'take-credential': ({ server }) =>
        server === 'sql1' ? { status: 'failed', problem: { code: 'sql.unreachable', message: 'gone' } } : undefined,
    });
    expect(result.output.map(({ outcome }) => outcome.backup.warnings.length)).toEqual([1, 2, 2]);
  });

  test('a database whose server refuses fails with that, or moves to a replica that is let first', () => {
    expect(play(master, {}, { road: 'url', refusal })).toEqual({
      asked: [],
      result: { output: { target: master, outcome: { status: 'failed', problem: refusal }, movedTo: [], damaged: [] } },
    });
    const { asked, result } = play(
      hosting,
      {
        'route-databases': () => ({ status: 'succeeded', targets: [{ ...hosting, server: 'sql1' }], failed: [], road: 'url' }),
        'give-credential': () => ({ status: 'succeeded' }),
        'back-up-database': () => succeeded,
      },
      { road: 'url', refusal },
    );
    expect(asked.map(({ name }) => name)).toEqual(['route-databases', 'give-credential', 'back-up-database']);
    expect(result).toMatchObject({ output: { target: { server: 'sql1' }, movedTo: ['sql1'] } });
  });
});
