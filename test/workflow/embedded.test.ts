import { createEmbeddedEngine } from '../../src/workflow/embedded';
import { createVirtualClock } from '../support/virtual-clock';
import { describeWorkflow, type EngineUnderTest } from './behaviour';
import { createActivities, orchestrators, retry } from './fixture';

describeWorkflow('embedded', openEmbedded);

function openEmbedded(): Promise<EngineUnderTest> {
  const logged: string[] = [];
  const engine = createEmbeddedEngine({
    orchestrators,
    activities: createActivities(),
    retry,
    clock: createVirtualClock(),
    log: { info: (event) => logged.push(`info ${event}`), warn: (event) => logged.push(`warn ${event}`) },
    maxConcurrentActivities: 256,
  });
  return Promise.resolve({ client: engine, logged, wait: engine.wait, close: () => Promise.resolve() });
}

describe('the embedded engine', () => {
  test('tells a listener every custom status in order, until it stops listening', async () => {
    const engine = createEmbeddedEngine({
      orchestrators,
      activities: createActivities(),
      retry,
      clock: createVirtualClock(),
      log: silent,
    });
    const heard: unknown[] = [];
    const stop = engine.onStatus((instanceId, status) => heard.push([instanceId, status]));
    await engine.start({ orchestrator: 'announcing', instanceId: 'a', input: null });
    await engine.wait('a');
    stop();
    await engine.start({ orchestrator: 'announcing', instanceId: 'b', input: null });
    await engine.wait('b');
    expect(heard).toEqual([
      ['a', { phase: 'first' }],
      ['a', { phase: 'second' }],
    ]);
  });

  test('runs no more activities at once than it was told to', async () => {
    let running = 0;
    let most = 0;
    const activities = {
      ...createActivities(),
      async echo(input: unknown) {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        return input;
      },
    };
    const wide: typeof orchestrators = {
      ...orchestrators,
      *nested(workflow) {
        return yield* workflow.all(Array.from({ length: 20 }, (_, index) => workflow.call('echo', index)));
      },
    };
    const engine = createEmbeddedEngine({
      orchestrators: wide,
      activities,
      retry,
      clock: createVirtualClock(),
      log: silent,
      maxConcurrentActivities: 3,
    });
    await engine.start({ orchestrator: 'nested', instanceId: 'a', input: null });
    expect((await engine.wait('a')).output).toHaveLength(20);
    expect(most).toBe(3);
  });
});

const silent = { info: () => undefined, warn: () => undefined };
