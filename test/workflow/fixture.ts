import { HubkeepError } from '../../src/errors/hubkeep-error';
import type { RetryTable } from '../../src/workflow/retry';
import { problemOf } from '../../src/workflow/step-failed';
import type { Activities, Orchestrators, Workflow } from '../../src/workflow/workflow';
import type { Problem } from '../../src/contracts/outcome';

export type TestActivities = {
  echo: { input: unknown; output: unknown };
  double: { input: { n: number }; output: { n: number } };
  /** Returns only when `size` of them are under way at once; the last to come returns first. */
  together: { input: { index: number; size: number }; output: { index: number } };
  /** Throws the first `times` times it is called with that key. Has a retry policy of 3 attempts. */
  flaky: { input: { key: string; times: number }; output: { calls: number } };
  /** As `flaky`, with waits of 100 to 200 minutes that differ from input to input. */
  crowded: { input: { key: string; times: number }; output: { calls: number } };
  /** As `flaky`, without a retry policy. */
  brittle: { input: { key: string; times: number }; output: { calls: number } };
};

type Io<I, O> = { input: I; output: O };
export type TestOrchestrators = {
  sequence: Io<{ n: number }, { n: number }>;
  fanOut: Io<{ size: number }, { indexes: number[] }>;
  nothingAtAll: Io<null, { results: unknown[] }>;
  nested: Io<null, unknown>;
  doubleChild: Io<{ n: number }, { n: number }>;
  children: Io<{ size: number }, { ns: number[] }>;
  retried: Io<{ key: string; times: number }, { calls: number }>;
  /** Minutes that each call took. */
  spread: Io<{ keys: string[] }, { minutes: number[] }>;
  caught: Io<{ times: number }, { problem: Problem; after: unknown }>;
  oneOfManyFails: Io<null, { problem: Problem; after: { n: number } }>;
  rounds: Io<{ left: number; total: number }, { total: number }>;
  sleeper: Io<{ ms: number }, { before: string; due: string; after: string }>;
  identity: Io<null, { ids: string[]; seen: unknown[]; time: string; timeSeen: unknown }>;
  announcing: Io<null, { done: true }>;
  payload: Io<unknown, { input: unknown; echoed: unknown }>;
  throwing: Io<null, never>;
  childThrows: Io<null, { problem: Problem }>;
  endless: Io<null, never>;
};

type TestWorkflow = Workflow<TestActivities, TestOrchestrators>;

export const retry: RetryTable<TestActivities> = {
  flaky: { firstMs: 1_000, maxAttempts: 3, backoff: 2, maxMs: 60_000 },
  crowded: { firstMs: 6_000_000, maxAttempts: 2, backoff: 1, maxMs: 60_000_000, spread: 1 },
};

/** Fresh activities with counters of their own. */
export function createActivities(): Activities<TestActivities> {
  const waiting = new Map<number, (() => void)[]>();
  const calls = new Map<string, number>();

  function failAtFirst({ key, times }: { key: string; times: number }) {
    const count = (calls.get(key) ?? 0) + 1;
    calls.set(key, count);
    if (count <= times)
      throw new HubkeepError('store.unavailable', `The store is away, call ${count}.`, { retryable: true, hint: 'Wait.' });
    return Promise.resolve({ calls: count });
  }

  return {
    echo: (input) => Promise.resolve(input),
    double: ({ n }) => Promise.resolve({ n: n * 2 }),
    async together({ index, size }) {
      const arrived = waiting.get(size) ?? [];
      waiting.set(size, arrived);
      await new Promise<void>((resolve) => {
        arrived.push(resolve);
        if (arrived.length === size) for (const release of arrived.toReversed()) release();
      });
      return { index };
    },
    flaky: async (input) => failAtFirst(input),
    crowded: async (input) => failAtFirst(input),
    brittle: async (input) => failAtFirst(input),
  };
}

export const orchestrators: Orchestrators<TestActivities, TestOrchestrators> = {
  *sequence(workflow, { n }) {
    const first = yield* workflow.call('double', { n });
    const second = yield* workflow.call('double', first);
    return yield* workflow.call('double', second);
  },
  *fanOut(workflow, { size }) {
    const results = yield* workflow.all(upTo(size).map((index) => workflow.call('together', { index, size })));
    return { indexes: results.map(({ index }) => index) };
  },
  *nothingAtAll(workflow) {
    const results = yield* workflow.all([]);
    const nested = yield* workflow.all([workflow.all([]), workflow.call('echo', 1), workflow.all([])]);
    return { results: [...results, ...nested] };
  },
  *nested(workflow) {
    return yield* workflow.all([
      workflow.call('double', { n: 1 }),
      workflow.all([workflow.sub('doubleChild', { n: 2 }), workflow.all([workflow.call('double', { n: 3 })])]),
    ]);
  },
  *doubleChild(workflow, input) {
    return yield* workflow.call('double', input);
  },
  *children(workflow, { size }) {
    const results = yield* workflow.all(upTo(size).map((n) => workflow.sub('doubleChild', { n })));
    return { ns: results.map(({ n }) => n) };
  },
  *retried(workflow, input) {
    return yield* workflow.call('flaky', input);
  },
  *spread(workflow, { keys }) {
    const minutes: number[] = [];
    for (const key of keys) {
      const startedAt = Date.parse(workflow.now());
      yield* workflow.call('crowded', { key, times: 1 });
      minutes.push(Math.round((Date.parse(workflow.now()) - startedAt) / 60_000));
    }
    return { minutes };
  },
  *caught(workflow, { times }) {
    try {
      yield* workflow.call('flaky', { key: 'caught', times });
      throw new Error('The call succeeded.');
    } catch (error) {
      return { problem: problemOf(error), after: yield* workflow.call('echo', { still: 'here' }) };
    }
  },
  *oneOfManyFails(workflow) {
    try {
      yield* workflow.all([
        workflow.call('brittle', { key: 'early', times: 9 }),
        workflow.call('flaky', { key: 'late', times: 9 }),
        workflow.call('flaky', { key: 'heals', times: 2 }),
        workflow.call('double', { n: 1 }),
      ]);
      throw new Error('The calls succeeded.');
    } catch (error) {
      return { problem: problemOf(error), after: yield* workflow.call('double', { n: 21 }) };
    }
  },
  *rounds(workflow, { left, total }) {
    if (left === 0) return { total };
    const { n } = yield* workflow.call('double', { n: left });
    return workflow.continueAsNew({ left: left - 1, total: total + n });
  },
  *sleeper(workflow, { ms }) {
    const before = workflow.now();
    const due = new Date(Date.parse(before) + ms).toISOString();
    yield* workflow.sleepUntil(due);
    return { before, due, after: workflow.now() };
  },
  *identity(workflow) {
    const time = workflow.now();
    const ids = [workflow.newId(), workflow.newId()];
    const seen = [yield* workflow.call('echo', ids[0]), yield* workflow.call('echo', ids[1])];
    ids.push(workflow.newId());
    seen.push(yield* workflow.call('echo', ids[2]));
    const timeSeen = yield* workflow.call('echo', time);
    return { ids, seen, time, timeSeen };
  },
  *announcing(workflow) {
    workflow.setStatus({ phase: 'first' });
    workflow.log.info('test.first', { n: 1 });
    yield* workflow.call('echo', null);
    workflow.setStatus({ phase: 'second', skipped: undefined });
    workflow.log.warn('test.second');
    yield* workflow.call('echo', null);
    return { done: true };
  },
  *payload(workflow, input) {
    return { input, echoed: yield* workflow.call('echo', input) };
  },
  *throwing(workflow) {
    workflow.setStatus({ phase: 'doomed' });
    yield* workflow.call('echo', null);
    throw new HubkeepError('point.not-found', "There's no such point [yet].", { hint: 'Run a backup.' });
  },
  *childThrows(workflow) {
    try {
      yield* workflow.sub('throwing', null);
      throw new Error('The child succeeded.');
    } catch (error) {
      return { problem: problemOf(error) };
    }
  },
  *endless(workflow: TestWorkflow) {
    for (;;) yield* workflow.call('together', { index: 0, size: 1_000 });
  },
};

function upTo(size: number): number[] {
  return Array.from({ length: size }, (_, index) => index);
}
