import { codeThrownBy, createRunStage, type RunStage } from './stage';

let stage: RunStage;

beforeEach(() => {
  stage = createRunStage();
});

const started = async () => undefined;
const everything = { components: ['secrets'], trigger: 'cli' } as const;
const night = { ...everything, trigger: 'timer', slot: new Date('2026-11-22T02:00:00Z') } as const;

test('a run carries the fence of its lock', async () => {
  const start = stage.starterOf(stage.lockOf());
  expect(await start(everything, started)).toMatchObject({ fence: 1, components: ['secrets'], trigger: 'cli' });
});

test('a run that could not be handed to the engine gives the lock back', async () => {
  const lock = stage.lockOf();
  const broken = stage.starterOf(lock)(everything, () => Promise.reject(new Error('no engine')));
  await expect(broken).rejects.toThrow('no engine');
  expect(await lock.holder()).toBeUndefined();
});

test('two hosts that fire for the same night name the same run', async () => {
  const lock = stage.lockOf();
  const first = await stage.starterOf(lock)(night, started);
  await lock.release(first.runId);
  const second = stage.starterOf(stage.lockOf({ name: 'host-b' }))(night, started);
  await expect(second).rejects.toMatchObject({ code: 'run.busy', details: { runId: first.runId } });
});

test('a run can be asked for as soon as it is started', async () => {
  const { runId } = await stage.starterOf(stage.lockOf())(night, started);
  expect(await stage.summaries.read(runId)).toMatchObject({ status: 'running', phase: 'starting', trigger: night.trigger });
});

test('a start that failed is on record, gives the lock back, and may be tried again in the same slot', async () => {
  const lock = stage.lockOf();
  const failing = stage.starterOf(lock)(night, () => Promise.reject(new Error('the engine is away')));
  await expect(failing).rejects.toThrow('the engine is away');
  const [runId = ''] = await stage.summaries.ids();
  expect(await stage.summaries.read(runId)).toMatchObject({ status: 'failed', problems: [{ message: 'the engine is away' }] });
  expect((await stage.starterOf(lock)(night, started)).runId).toBe(runId);
});

test('the same night is not run again once it was', async () => {
  const lock = stage.lockOf();
  const { runId } = await stage.starterOf(lock)(night, started);
  await stage.summaries.write(summaryOf(runId, 'complete'));
  await lock.release(runId);
  await expect(stage.starterOf(lock)(night, started)).rejects.toMatchObject({ code: 'run.busy', details: { runId } });
});

test('a run whose process died is closed as failed by the next one', async () => {
  const { runId } = await stage.starterOf(stage.lockOf({ pid: 41 }))(everything, started);
  await stage.summaries.write(summaryOf(runId, 'running'));
  expect(await codeThrownBy(stage.starterOf(stage.lockOf({ pid: 42 }))(everything, started))).toBe('run.busy');

  stage.kill(41);
  await stage.starterOf(stage.lockOf({ pid: 42 }))(everything, started);
  const closed = await stage.summaries.read(runId);
  expect(closed).toMatchObject({
    status: 'failed',
    phase: 'ended',
    problems: [{ message: 'the process that ran it ended before it did' }],
  });
});

function summaryOf(runId: string, status: 'running' | 'complete') {
  const phase = status === 'running' ? ('copying' as const) : ('ended' as const);
  const at = '2026-11-22T02:00:00.000Z';
  return {
    runId,
    status,
    phase,
    components: ['secrets' as const],
    trigger: 'cli' as const,
    hubkeepVersion: '0.0.0',
    startedAt: at,
    problems: [],
    warnings: [],
  };
}
