import { app, type HttpRequest } from '@azure/functions';
import * as df from 'durable-functions';
import { systemKey } from './client-endpoint';
import { EventType } from './history';
import { createFunctionsHost, type FunctionsHost } from './host';

describe('a pretend Functions host', () => {
  let host: FunctionsHost;
  beforeEach(async () => {
    host = await createFunctionsHost();
  });
  afterEach(() => host.close());

  test('takes the functions an app registers, with their triggers', () => {
    host.load(() => {
      app.timer('nightly', { schedule: '0 0 2 * * *', handler: () => undefined });
      df.app.activity('copy', { handler: () => 1 });
    });
    expect([...host.functions.keys()]).toEqual(['nightly', 'copy']);
    expect(Object.values(host.functions.get('nightly')?.metadata.bindings ?? {})).toMatchObject([
      { type: 'timerTrigger', schedule: '0 0 2 * * *' },
    ]);
  });

  test('refuses two functions of one name', () => {
    const register = () => df.app.activity('copy', { handler: () => 1 });
    expect(() => host.load(() => [register(), register()])).toThrow('registered twice');
  });

  test('calls an HTTP function by route, with parameters, query, headers and body', async () => {
    host.load(() =>
      app.http('mark', {
        methods: ['PUT'],
        route: 'points/{id}/marks/{kind?}',
        handler: async (request: HttpRequest) => ({
          status: 201,
          headers: { Location: '/here' },
          jsonBody: {
            params: request.params,
            why: request.query.get('why'),
            by: request.headers.get('x-by'),
            body: await request.json(),
          },
        }),
      }),
    );
    const answer = await host.invokeHttp({
      method: 'PUT',
      path: '/api/points/p1/marks',
      query: { why: 'a&b' },
      headers: { 'X-By': 'me' },
      body: { pinned: true },
    });
    expect(answer).toMatchObject({ status: 201, headers: { location: '/here', 'content-type': 'application/json' } });
    expect(answer.json()).toEqual({ params: { id: 'p1' }, why: 'a&b', by: 'me', body: { pinned: true } });
  });

  test('answers 404 for an unknown route or method and 401 for a missing key', async () => {
    host.load(() => {
      app.http('guarded', { methods: ['GET'], authLevel: 'function', handler: () => ({ body: 'in' }) });
      app.http('open', { methods: ['GET'], authLevel: 'anonymous', handler: () => ({ body: 'in' }) });
    });
    const statusOf = async (path: string, method = 'GET') => (await host.invokeHttp({ method, path, withKey: false })).status;
    expect(await statusOf('/api/nowhere')).toBe(404);
    expect(await statusOf('/api/open', 'DELETE')).toBe(404);
    expect(await statusOf('/api/guarded')).toBe(401);
    expect(await statusOf('/api/open')).toBe(200);
  });

  test('fires a timer function with what the schedule says', async () => {
    let heard: unknown;
    host.load(() => app.timer('nightly', { schedule: '0 0 2 * * *', handler: (timer) => void (heard = timer) }));
    await host.invokeTimer('nightly', { isPastDue: true, last: '2026-11-21T02:00:00Z' });
    expect(heard).toMatchObject({ isPastDue: true, scheduleStatus: { last: '2026-11-21T02:00:00Z' } });
  });

  test('gives starters the real client, whose management URLs carry the system key', async () => {
    host.load(() => {
      df.app.orchestration('empty', function* () {
        return { done: true };
      });
      app.http('start', {
        extraInputs: [df.input.durableClient()],
        handler: async (_request, context) => {
          const client = df.getClient(context);
          const instanceId = await client.startNew('empty', { instanceId: 'first' });
          return client.createCheckStatusResponse(undefined, instanceId);
        },
      });
    });
    const answer = await host.invokeHttp({ method: 'GET', path: '/api/start' });
    expect(answer.status).toBe(202);
    expect(answer.text).toContain(systemKey);
    expect(await host.waitFor('first')).toMatchObject({ runtimeStatus: 'Completed', output: { done: true } });
  });

  test('keeps in the history every attempt of a call and the timer after each failure', async () => {
    let calls = 0;
    host.load(() => {
      df.app.activity('flaky', {
        handler: () => {
          calls += 1;
          if (calls < 3) throw new Error('away');
          return { calls };
        },
      });
      df.app.orchestration('stubborn', function* (context) {
        return yield context.df.callActivityWithRetry('flaky', new df.RetryOptions(60_000, 5), {});
      });
    });
    const instanceId = host.startOrchestration('stubborn');
    expect((await host.waitFor(instanceId)).output).toEqual({ calls: 3 });
    const { TaskScheduled, TaskFailed, TaskCompleted, TimerCreated, TimerFired } = EventType;
    const attempt: number[] = [TaskScheduled, TaskFailed, TimerCreated, TimerFired];
    const kinds = host.history(instanceId).map((event) => event.EventType);
    expect(kinds.filter((kind) => [...attempt, TaskCompleted].includes(kind))).toEqual([
      ...attempt,
      ...attempt,
      TaskScheduled,
      TaskCompleted,
    ]);
  });

  test('delivers every activity twice when asked to, and goes on with the first result', async () => {
    const doubling = await createFunctionsHost({ deliverTwice: true });
    let calls = 0;
    doubling.load(() => {
      df.app.activity('count', { handler: () => ({ calls: ++calls }) });
      df.app.orchestration('counting', function* (context) {
        return yield context.df.callActivity('count');
      });
    });
    const { output } = await doubling.waitFor(doubling.startOrchestration('counting'));
    await doubling.close();
    expect(output).toEqual({ calls: 1 });
    expect(calls).toBe(2);
  });

  test('collects what functions log', async () => {
    host.load(() =>
      app.http('talk', {
        handler: (_request, context) => {
          context.warn('careful', { n: 1 });
          return {};
        },
      }),
    );
    await host.invokeHttp({ method: 'GET', path: '/api/talk' });
    expect(host.logs).toEqual([{ functionName: 'talk', level: 'warning', message: 'careful { n: 1 }' }]);
  });
});
