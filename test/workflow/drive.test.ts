import type { Workflow } from '../../src/workflow/workflow';
import { drive } from '../support/drive';
import { orchestrators, type TestActivities, type TestOrchestrators } from './fixture';

describe('driving an orchestrator by hand', () => {
  test('lists its steps in the order scheduled, as plain data', () => {
    const { steps, result } = drive(orchestrators.nested, null, (_step, index) => ({ n: index }));
    expect(steps).toEqual([
      {
        kind: 'all',
        steps: [
          { kind: 'call', name: 'double', input: { n: 1 } },
          {
            kind: 'all',
            steps: [
              { kind: 'sub', name: 'doubleChild', input: { n: 2 } },
              { kind: 'all', steps: [{ kind: 'call', name: 'double', input: { n: 3 } }] },
            ],
          },
        ],
      },
    ]);
    expect(result).toEqual({ output: [{ n: 0 }, [{ n: 1 }, [{ n: 2 }]]] });
  });

  test('stops at the end of a round and says what the next one starts with', () => {
    const { result } = drive(orchestrators.rounds, { left: 3, total: 10 }, () => ({ n: 6 }));
    expect(result).toEqual({ continueAsNew: { left: 2, total: 16 } });
  });

  test('fails a step whose answer throws', () => {
    const { steps, result } = drive(orchestrators.caught, { times: 9 }, (step) => {
      if (step.kind === 'call' && step.name === 'flaky') throw new Error('away');
      return 'answer';
    });
    expect(steps).toHaveLength(2);
    expect(result).toEqual({ output: { problem: { code: 'internal', message: 'away' }, after: 'answer' } });
  });

  test('refuses an orchestrator that asks for something else the second time', () => {
    let runs = 0;
    function* fickle(workflow: Workflow<TestActivities, TestOrchestrators>) {
      runs += 1;
      yield* workflow.call('double', { n: runs });
      return null;
    }
    expect(() => drive(fickle, null, () => ({ n: 0 }))).toThrow('not deterministic');
  });
});
