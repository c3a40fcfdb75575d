import { createEndRun } from '../../src/activities/end-run';
import type { BlobStore } from '../../src/ports/blob-store';
import { createRecordingStore } from '../support/recording-store';
import { silentLog } from '../support/silent-log';
import { createRunStage, hour, type RunStage } from './stage';

let stage: RunStage;
beforeEach(() => {
  stage = createRunStage();
});

/** Runs a run that stores nothing to its end. @returns the prefixes that were searched for leftovers. */
async function run({ committed = true, store = stage.store }: { committed?: boolean; store?: BlobStore } = {}) {
  const recording = createRecordingStore(store);
  const lock = stage.lockOf();
  const { clock, summaries } = stage;
  const request = await stage.starterOf(lock)({ components: ['secrets'], trigger: 'cli' }, async () => undefined);
  const services = { lock, summaries, clock, store: recording.store, log: silentLog, notifier: undefined, stamp: 'stamp' };
  const endRun = createEndRun({ ...services, forget: () => undefined });
  const status = committed ? 'complete' : 'failed';
  expect(await endRun({ run: request, status, committed, problems: [], warnings: [] })).toMatchObject({ status: 'succeeded' });
  expect(await lock.holder()).toBeUndefined();
  return recording.take().filter((asked) => asked.startsWith('list '));
}

const everywhere = ['list packs/', 'list index/', 'list content/', 'list databases/', 'list recovery-points/'];

test.each([
  ['secrets.stale', 1],
  ['secrets.old-drop', 1],
  ['sql.staging-left', 1],
  ['sql.warning', 0],
])('a complete run that warns of %s sends %i notices', async (code, notices) => {
  const sent: unknown[] = [];
  const lock = stage.lockOf();
  const { clock, summaries, store } = stage;
  const request = await stage.starterOf(lock)({ components: ['secrets'], trigger: 'cli' }, async () => undefined);
  const notifier = { notify: async (notice: unknown) => void sent.push(notice) };
  const endRun = createEndRun({
    ...{ lock, summaries, clock, store, log: silentLog, notifier, stamp: 'stamp' },
    forget: () => undefined,
  });
  await endRun({ run: request, status: 'complete', committed: true, problems: [], warnings: [{ code, message: 'old' }] });
  expect(sent).toHaveLength(notices);
});

test('leftovers are looked for once a day', async () => {
  expect(await run()).toEqual([]);
  await stage.pass(23 * hour);
  expect(await run()).toEqual(everywhere);
  expect(await run()).toEqual([]);
  await stage.pass(23 * hour);
  expect(await run()).toEqual(everywhere);
});

test('a run without a point leaves leftovers to the next', async () => {
  await run();
  await stage.pass(23 * hour);
  expect(await run({ committed: false })).toEqual([]);
  expect(await run()).toEqual(everywhere);
});

test('leftovers that could not be looked for are looked for by the next run', async () => {
  await run();
  await stage.pass(23 * hour);
  const list = () => {
    throw new Error('the store is away');
  };
  expect(await run({ store: { ...stage.store, list } })).toEqual(everywhere.slice(0, 1));
  expect(await run()).toEqual(everywhere);
});
