import type { WorkflowClient, WorkflowStatus } from '../../src/workflow/workflow-client';
import type { TestOrchestrators } from './fixture';

export interface EngineUnderTest {
  readonly client: WorkflowClient;
  /** What the workflow logged, each line once. */
  readonly logged: readonly string[];
  wait(instanceId: string): Promise<WorkflowStatus>;
  close(): Promise<void>;
}

/** What an orchestrator may rely on, whichever engine runs it. */
export function describeWorkflow(name: string, open: () => Promise<EngineUnderTest>): void {
  describe(`a workflow on the ${name} engine`, () => {
    let engine: EngineUnderTest;
    beforeEach(async () => {
      engine = await open();
    });
    afterEach(() => engine.close());

    async function run(orchestrator: keyof TestOrchestrators, input: unknown = null): Promise<WorkflowStatus> {
      const instanceId = `run-of-${orchestrator}`;
      await engine.client.start({ orchestrator, instanceId, input });
      return engine.wait(instanceId);
    }
    async function outputOf<N extends keyof TestOrchestrators>(orchestrator: N, input: TestOrchestrators[N]['input']) {
      const status = await run(orchestrator, input);
      expect(status.problem).toBeUndefined();
      return status.output as TestOrchestrators[N]['output'];
    }

    test('passes the result of one call to the next', async () => {
      expect(await outputOf('sequence', { n: 5 })).toEqual({ n: 40 });
    });

    test('runs the calls of a fan-out at the same time and keeps their order', async () => {
      expect(await outputOf('fanOut', { size: 8 })).toEqual({ indexes: [0, 1, 2, 3, 4, 5, 6, 7] });
    });

    test('runs two hundred activities at once', async () => {
      const { indexes } = await outputOf('fanOut', { size: 200 });
      expect(indexes).toEqual(Array.from({ length: 200 }, (_, index) => index));
    });

    test('gives nothing for a fan-out of nothing, and goes on', async () => {
      expect(await outputOf('nothingAtAll', null)).toEqual({ results: [[], 1, []] });
    });

    test('gives nested fan-outs their own shape', async () => {
      expect(await outputOf('nested', null)).toEqual([{ n: 2 }, [{ n: 4 }, [{ n: 6 }]]]);
    });

    test('runs sub-orchestrations side by side', async () => {
      expect(await outputOf('children', { size: 6 })).toEqual({ ns: [0, 2, 4, 6, 8, 10] });
    });

    test('tries a throwing activity again until it succeeds', async () => {
      expect(await outputOf('retried', { key: 'a', times: 2 })).toEqual({ calls: 3 });
    });

    test('spreads the first waits of calls that ask for it, by their input and not by chance', async () => {
      expect(await outputOf('spread', { keys: ['sql1', 'sql2', 'sql3'] })).toEqual({ minutes: [156, 178, 127] });
    });

    test('lets the orchestrator catch a call that failed every attempt, with code and hint, and go on', async () => {
      expect(await outputOf('caught', { times: 3 })).toEqual({
        problem: { code: 'store.unavailable', message: 'The store is away, call 3.', hint: 'Wait.' },
        after: { still: 'here' },
      });
    });

    test('waits for every call of a fan-out before it throws the first failure, and goes on', async () => {
      const { problem, after } = await outputOf('oneOfManyFails', null);
      expect(problem).toEqual({ code: 'store.unavailable', message: 'The store is away, call 1.', hint: 'Wait.' });
      expect(after).toEqual({ n: 42 });
    });

    test('fails the run when a call that is not caught fails for good', async () => {
      const status = await run('retried', { key: 'b', times: 3 });
      expect(status).toMatchObject({ runtimeStatus: 'failed', problem: { code: 'store.unavailable' } });
    });

    test('carries its input through many rounds of continue-as-new', async () => {
      expect(await outputOf('rounds', { left: 40, total: 0 })).toEqual({ total: 1640 });
    });

    test('sleeps until a given time', async () => {
      const { due, after } = await outputOf('sleeper', { ms: 3_600_000 });
      expect(Date.parse(after)).toBeGreaterThanOrEqual(Date.parse(due));
    });

    test('does not sleep until a time that has passed', async () => {
      const { before, after } = await outputOf('sleeper', { ms: -3_600_000 });
      expect(Date.parse(after)).toBeLessThan(Date.parse(before) + 3_600_000);
    });

    test('gives unique ids and a time that stay the same on replay', async () => {
      const { ids, seen, time, timeSeen } = await outputOf('identity', null);
      expect(seen).toEqual(ids);
      expect(new Set(ids).size).toBe(3);
      expect(timeSeen).toBe(time);
    });

    test('shows the last custom status, also after the end', async () => {
      expect(await run('announcing')).toEqual({
        instanceId: 'run-of-announcing',
        orchestrator: 'announcing',
        runtimeStatus: 'completed',
        customStatus: { phase: 'second' },
        output: { done: true },
      });
    });

    test('logs every line once', async () => {
      await run('announcing');
      expect(engine.logged).toEqual(['info test.first', 'warn test.second']);
    });

    test('logs what an activity threw, also when a later attempt succeeds', async () => {
      await run('retried', { key: 'c', times: 1 });
      expect(engine.logged).toEqual(['warn activity.threw']);
    });

    test.each([
      ['an object', { text: "naïve ✓ 'x'", list: [1, { deep: null }] }, { text: "naïve ✓ 'x'", list: [1, { deep: null }] }],
      ['a date', { at: new Date(0), gone: undefined }, { at: '1970-01-01T00:00:00.000Z' }],
      ['nothing', undefined, null],
      ['text', 'plain', 'plain'],
      ['a fraction', 1.5, 1.5],
      ['false', false, false],
    ])('hands on %s as JSON', async (_, input, seen) => {
      expect(await outputOf('payload', input)).toEqual({ input: seen, echoed: seen });
    });

    test('ends as failed, with code and hint, when the orchestrator throws', async () => {
      expect(await run('throwing')).toEqual({
        instanceId: 'run-of-throwing',
        orchestrator: 'throwing',
        runtimeStatus: 'failed',
        customStatus: { phase: 'doomed' },
        problem: { code: 'point.not-found', message: "There's no such point [yet].", hint: 'Run a backup.' },
      });
    });

    test('lets a parent catch the failure of its child', async () => {
      const { problem } = await outputOf('childThrows', null);
      expect(problem).toEqual({ code: 'point.not-found', message: "There's no such point [yet].", hint: 'Run a backup.' });
    });

    test('refuses to start an id that is under way, and shows it as running', async () => {
      const options = { orchestrator: 'endless', instanceId: 'night', input: null };
      await engine.client.start(options);
      await expect(engine.client.start(options)).rejects.toMatchObject({ code: 'run.busy' });
      expect(await engine.client.status('night')).toMatchObject({ orchestrator: 'endless', runtimeStatus: 'running' });
    });

    test('takes no further step once terminated, and may be started again', async () => {
      const options = { orchestrator: 'endless', instanceId: 'night', input: null };
      await engine.client.start(options);
      await engine.client.terminate('night', 'no longer wanted & gone');
      expect(await engine.wait('night')).toMatchObject({ runtimeStatus: 'terminated' });
      await engine.client.start(options);
      expect(await engine.client.status('night')).toMatchObject({ runtimeStatus: 'running' });
    });

    test('knows nothing of an instance that was never started', async () => {
      expect(await engine.client.status('never')).toBeUndefined();
    });

    test('forgets instances that ended, never one that is under way', async () => {
      await run('sequence', { n: 1 });
      await engine.client.start({ orchestrator: 'endless', instanceId: 'night', input: null });
      expect(await engine.client.purge('2999-01-01T00:00:00.000Z')).toBe(1);
      expect(await engine.client.purge('2999-01-01T00:00:00.000Z')).toBe(0);
      expect(await engine.client.status('run-of-sequence')).toBeUndefined();
      expect(await engine.client.status('night')).toBeDefined();
    });
  });
}
