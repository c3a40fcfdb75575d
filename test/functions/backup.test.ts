import { openAzureStage, type AzureStage } from '../support/azure-stage';
import { systemKey } from '../support/functions-host/client-endpoint';
import type { FunctionsHostOptions } from '../support/functions-host/host';
import type { HttpAnswer } from '../support/functions-host/http-trigger';
import { openRegisteredApp, type RegisteredApp } from '../support/registered-app';

let stage: AzureStage;
let app: RegisteredApp;
let containers = 0;

beforeAll(async () => {
  stage = await openAzureStage();
});
afterEach(() => app.close());
afterAll(() => stage.close());

async function open(options: FunctionsHostOptions = {}, settings: Record<string, string> = {}) {
  containers += 1;
  app = await openRegisteredApp({ ...stage.settings(`functions-${containers}`), ...settings }, options);
}

const get = (path: string) => app.invokeHttp({ method: 'GET', path });
const post = (path: string, body: object | string = {}) => app.invokeHttp({ method: 'POST', path, body });
const idIn = (answer: HttpAnswer) => (answer.json() as { runId: string }).runId;

/** A gate before one kind of activity. */
function createGate(before: string) {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  return {
    reached: reached.promise,
    open: () => opened.resolve(),
    beforeActivity: async (name: string) => {
      if (name !== before) return;
      reached.resolve();
      await opened.promise;
    },
  };
}

test('a backup asked for over HTTP becomes a recovery point', async () => {
  await open();
  const accepted = await post('/api/backups', { reason: 'before the upgrade' });
  expect(accepted.status).toBe(202);
  const runId = idIn(accepted);
  expect(accepted.headers).toMatchObject({ location: `/api/backups/${runId}`, 'retry-after': '10' });
  expect((await get(`/api/backups/${runId}`)).json()).toMatchObject({ runId, status: 'running' });

  expect(await app.waitFor(runId)).toMatchObject({ runtimeStatus: 'Completed', output: { status: 'complete' } });

  expect((await get(`/api/backups/${runId}`)).json()).toMatchObject({
    status: 'complete',
    phase: 'ended',
    trigger: 'http',
    reason: 'before the upgrade',
    links: { recoveryPoint: `/api/recovery-points/${runId}` },
  });
  const byId = (await get(`/api/recovery-points/${runId}`)).json();
  expect(byId).toMatchObject({
    id: runId,
    sequence: 1,
    outcome: 'complete',
    fileshare: { counts: { files: 64, failed: 0 } },
    marks: [],
  });
  expect((await get('/api/recovery-points/latest')).json()).toEqual(byId);
  expect((await get('/api/recovery-points')).json()).toMatchObject({ recoveryPoints: [{ id: runId, files: 64 }], more: false });
  expect((await get('/api/backups')).json()).toMatchObject({ backups: [{ runId, status: 'complete' }], more: false });
  expect((await get('/api/dashboard')).text).toContain(runId);
});

test.each(['1', '3'])('every activity run twice at once gives the same recovery point, %s activities wide', async (width) => {
  await open({ deliverTwice: true }, { FILE_SHARE_WIDTH: width });
  const runId = idIn(await post('/api/backups'));
  await app.waitFor(runId);
  expect((await get(`/api/recovery-points/${runId}`)).json()).toMatchObject({
    fileshare: { counts: { files: 64, directories: 12, symlinks: 1 } },
  });
});

test('of two starts at once one is accepted and the other is told which run is running', async () => {
  const gate = createGate('begin-run');
  await open(gate);
  const answers = await Promise.all([post('/api/backups'), post('/api/backups')]);
  const [accepted, refused] = answers.toSorted((a, b) => a.status - b.status) as [HttpAnswer, HttpAnswer];
  expect([accepted.status, refused.status]).toEqual([202, 409]);
  expect(refused.json()).toMatchObject({ code: 'run.busy', status: 409, title: 'Conflict', runId: idIn(accepted) });
  expect(refused.headers['content-type']).toBe('application/problem+json');
  gate.open();
  expect(await app.waitFor(idIn(accepted))).toMatchObject({ output: { status: 'complete' } });
  expect((await post('/api/backups')).status).toBe(202);
});

test('a timer that fires again and again in one night starts one run', async () => {
  await open({}, { BACKUP_SCHEDULE: '0 0 2 * * *' });
  await Promise.all([app.invokeTimer('timer-nightly-backup'), app.invokeTimer('timer-nightly-backup')]);
  const { backups } = (await get('/api/backups')).json() as { backups: { runId: string; trigger: string }[] };
  expect(backups).toMatchObject([{ trigger: 'timer', runId: expect.stringMatching(/^\d{8}T020000Z-[0-9a-f]{4}$/) as string }]);
  await app.waitFor(backups[0]?.runId ?? '');

  await app.invokeTimer('timer-nightly-backup', { isPastDue: true });
  expect((await get('/api/backups')).json()).toMatchObject({ backups: [{ runId: backups[0]?.runId, status: 'complete' }] });
  const busy = app.printed.filter(({ event }) => event === 'timer.busy');
  expect(busy).toHaveLength(2);
  expect(busy[0]).toMatchObject({ level: 'warn', runId: backups[0]?.runId });
});

test('the timer has the schedule that is configured, and never fires because a host started', async () => {
  await open({}, { BACKUP_SCHEDULE: '0 30 1 * * MON-FRI' });
  const timer = app.functions.get('timer-nightly-backup');
  expect(Object.values(timer?.metadata.bindings ?? {})).toContainEqual(
    expect.objectContaining({ schedule: '0 30 1 * * MON-FRI', runOnStartup: false, useMonitor: true }),
  );
});

test.each(['begin-run', 'copy-share-box', 'commit-recovery-point'])(
  'a run cancelled before %s ends as cancelled, with no point',
  async (step) => {
    const gate = createGate(step);
    await open(gate);
    const runId = idIn(await post('/api/backups'));
    await gate.reached;
    const accepted = await post(`/api/backups/${runId}/cancel`);
    expect(accepted.status).toBe(202);
    gate.open();
    await app.waitFor(runId);
    expect((await get(`/api/backups/${runId}`)).json()).toMatchObject({ status: 'cancelled' });
    expect((await get('/api/recovery-points')).json()).toMatchObject({ recoveryPoints: [] });
    expect((await post(`/api/backups/${runId}/cancel`)).json()).toMatchObject({ status: 409, code: 'run.ended' });
    expect((await post('/api/backups')).status).toBe(202);
  },
);

test('a run that another version of the program started ends as superseded, before any other step', async () => {
  await open();
  const run = { components: ['fileshare'], trigger: 'timer', startedAt: '2026-11-22T02:00:00.000Z', fence: 1, version: '0.0.1' };
  const runId = '20261122T020000Z-0001';
  app.startOrchestration('back-up', { instanceId: runId, input: { ...run, runId } });
  expect(await app.waitFor(runId)).toMatchObject({ output: { status: 'superseded' } });
});

test('no answer holds an address of the engine or its key', async () => {
  const gate = createGate('copy-share-box');
  await open(gate);
  const accepted = await post('/api/backups');
  const runId = idIn(accepted);
  await gate.reached;
  const running = [await get(`/api/backups/${runId}`), await post('/api/backups'), await get('/api/dashboard')];
  expect(running[0]?.json()).toMatchObject({ phase: 'copying' });
  gate.open();
  await app.waitFor(runId);
  const paths = [
    '/api/backups',
    `/api/backups/${runId}`,
    '/api/recovery-points',
    '/api/recovery-points/latest',
    '/api/openapi.json',
  ];
  const answers = [accepted, ...running, ...(await Promise.all(paths.map(get)))];
  for (const { text, headers } of answers) {
    expect(text + JSON.stringify(headers)).not.toMatch(
      new RegExp(`${systemKey}|code=|runtime/webhooks|127\\.0\\.0\\.1:\\d+/durabletask`, 'i'),
    );
  }
});

test('only health may be called without a key', async () => {
  await open();
  const call = (method: string, path: string) => app.invokeHttp({ method, path, withKey: false });
  expect((await call('GET', '/api/health')).status).toBe(200);
  for (const path of ['/api/backups', '/api/recovery-points', '/api/dashboard', '/api/openapi.json']) {
    expect((await call('GET', path)).status).toBe(401);
  }
  expect((await call('POST', '/api/backups')).status).toBe(401);
});

test('an app that is not configured says so on its health route, by the names of settings and never their values', async () => {
  await open({}, { STAMP_NAME: 'not_a_name!', BACKUP_STORAGE_SAS: 'sig=secret' });
  expect([...app.functions.keys()]).toEqual(['http-health']);
  const answer = await app.invokeHttp({ method: 'GET', path: '/api/health', withKey: false });
  expect(answer.status).toBe(503);
  expect(answer.json()).toMatchObject({
    code: 'config.invalid',
    detail: expect.stringContaining('STAMP_NAME, BACKUP_STORAGE_SAS') as string,
  });
  expect(answer.text).not.toMatch(/not_a_name|secret|AccountKey/);
  expect(app.printed).toMatchObject([{ level: 'error', event: 'app.not-configured', code: 'config.invalid' }]);
});
