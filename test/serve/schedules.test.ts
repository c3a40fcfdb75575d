import { setTimeout as wait } from 'node:timers/promises';
import { startSchedules, type Schedules } from '../../src/cli/schedules';
import { loadConfig } from '../../src/config/load-config';
import type { RunRequest } from '../../src/contracts/run';
import { HubkeepError } from '../../src/errors/hubkeep-error';
import { createDrills } from '../../src/recovery/drill/drills';
import type { StartDrillOptions } from '../../src/recovery/drill/start-drill';
import { createRunSummaries, firstSummary } from '../../src/runs/run-summaries';
import type { RunStarter } from '../../src/runs/start-run';
import type { WorkflowClient } from '../../src/workflow/workflow-client';
import { createMemoryBlobStore } from '../support/memory-blob-store';
import { createRecordingLog } from '../support/recording-log';
import { createHandClock } from '../secrets/vault-stage';

const config = loadConfig({
  BACKUP_STORAGE_CONNECTION_STRING: 'UseDevelopmentStorage=true',
  BACKUP_COMPONENTS: 'secrets',
  KEY_VAULT_URL: 'https://vault.example',
  BACKUP_SCHEDULE: '0 0 2 * * *',
  STAMP_NAME: 'north',
});
const engine = {} as WorkflowClient;
const away = new HubkeepError('store.unavailable', 'the store is away', { retryable: true });

let schedule: Schedules | undefined;
afterEach(() => schedule?.stop());

/** Noon, with a run on record that started at the time given. */
async function openStage(newest: string | undefined, answers: (Error | undefined)[], drill?: string) {
  const clock = createHandClock('2026-11-22T12:00:00.000Z');
  const summaries = createRunSummaries(createMemoryBlobStore());
  const { log, entries } = createRecordingLog();
  const told: unknown[] = [];
  const started: Date[] = [];
  if (newest !== undefined) {
    const request = {
      runId: '20261101T020000Z-0000',
      startedAt: newest,
      version: '1',
      fence: 1,
      components: ['secrets'],
      trigger: 'timer',
    };
    await summaries.write(firstSummary(request as unknown as RunRequest, 'starting'));
  }
  const startRun: RunStarter = async ({ slot }) => {
    started.push(slot ?? new Date(0));
    const answer = answers.shift();
    if (answer !== undefined) throw answer;
    return { runId: 'run' } as RunRequest;
  };
  const starts: StartDrillOptions[] = [];
  const drills = {
    drills: createDrills(createMemoryBlobStore()),
    start: async (options: StartDrillOptions) => {
      starts.push(options);
      throw away;
    },
  };
  const notifier = { notify: async (document: unknown) => void told.push(document) };
  schedule = startSchedules({
    hubkeep: {
      config: { ...config, drill: { ...config.drill, schedule: drill } },
      clock,
      log,
      startRun,
      summaries,
      drills,
      notifier,
    },
    engine,
    pauseMs: 1,
  });
  const seen = () => entries.map(({ event }) => event);
  return { told, started, starts, seen, settled: (event: string) => until(() => seen().includes(event)) };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await wait(5);
}

test('a night that passed meanwhile is made up for', async () => {
  const stage = await openStage('2026-11-21T02:00:00.000Z', []);
  await stage.settled('timer.started');
  expect(stage.started).toEqual([new Date('2026-11-22T02:00:00.000Z')]);
  expect(stage.seen()).toContain('timer.missed');
});

test.each([
  ['nothing is, where this night had its run', '2026-11-22T02:00:00.000Z'],
  ['nor where somebody started one since', '2026-11-22T09:00:00.000Z'],
  ['nor on the first day of all', undefined],
])('%s', async (_what, newest) => {
  const stage = await openStage(newest, []);
  await wait(100);
  expect(stage.started).toEqual([]);
});

test('a night that cannot be started is tried again, without a word to anybody', async () => {
  const stage = await openStage('2026-11-21T02:00:00.000Z', [away, away]);
  await stage.settled('timer.started');
  expect(stage.started).toHaveLength(3);
  expect(stage.told).toEqual([]);
});

test('one that can never be started is told', async () => {
  const stage = await openStage('2026-11-21T02:00:00.000Z', new Array<Error>(20).fill(away));
  await until(() => stage.told.length > 0);
  await wait(50);
  expect(stage.started).toHaveLength(6);
  expect(stage.told).toEqual([
    {
      ...{ stamp: 'north', what: 'backup', status: 'not-started', slot: '2026-11-22T02:00:00.000Z' },
      problem: expect.objectContaining({ code: 'store.unavailable', message: 'the store is away' }),
    },
  ]);
});

test('a drill that can never be started is told likewise', async () => {
  // The schedule is of the real clock, the slot of the hand that stands at noon.
  const stage = await openStage('2026-11-22T02:00:00.000Z', [], '* * * * * *');
  await until(() => stage.told.length > 0);
  schedule?.stop();
  expect(stage.starts.length).toBeGreaterThanOrEqual(6);
  expect(stage.told[0]).toEqual({
    ...{ stamp: 'north', what: 'drill', status: 'not-started', slot: '2026-11-22T12:00:30.000Z' },
    problem: expect.objectContaining({ code: 'store.unavailable', message: 'the store is away' }),
  });
  expect(stage.seen().filter((event) => event === 'drill.not-started').length).toBeGreaterThanOrEqual(6);
});

test('another run that is under way is no failure', async () => {
  const stage = await openStage('2026-11-21T02:00:00.000Z', [new HubkeepError('run.busy', 'busy')]);
  await stage.settled('timer.busy');
  await wait(50);
  expect([stage.started.length, stage.told]).toEqual([1, []]);
});
