import { openAzureStage, type AzureStage } from '../support/azure-stage';
import { openRegisteredApp, type RegisteredApp } from '../support/registered-app';

let stage: AzureStage;
let app: RegisteredApp;
let point: string;
beforeAll(async () => {
  stage = await openAzureStage();
  app = await openRegisteredApp(stage.settings('rehearsed'), { deliverTwice: true });
  const { runId } = (await call('POST', '/api/backups')).document;
  await app.waitFor(runId);
  point = runId;
});
afterAll(async () => {
  await app.close();
  await stage.close();
});

async function call(method: string, path: string, body: object = {}) {
  const { status, json } = await app.invokeHttp({ method, path, ...(method === 'POST' ? { body } : {}) });
  return { status, document: json() as Record<string, unknown> & { id: string; runId: string } };
}

test('a drill whose activities all run twice succeeds and is told of', async () => {
  const accepted = await call('POST', '/api/drills', { sample: 100 });
  expect(accepted).toMatchObject({ status: 202, document: { status: 'running' } });
  const { id } = accepted.document;
  expect(await app.waitFor(`drill-${id}`)).toMatchObject({ runtimeStatus: 'Completed', output: { status: 'succeeded' } });
  const { document } = await call('GET', `/api/drills/${id}`);
  expect(document).toMatchObject({
    status: 'succeeded',
    recoveryPoint: point,
    trigger: 'http',
    verification: { findings: [], coverage: { runsLeft: 0 } },
    share: { status: 'succeeded', wrongFiles: 0 },
  });
  expect((await call('GET', '/api/drills')).document).toMatchObject({ drills: [{ id }], more: false });
});

test.each([
  [{}, { deep: false, coverage: null }],
  [{ deep: true }, { deep: true, sample: null, coverage: { runsLeft: 0 } }],
  [
    { deep: true, sample: 30 },
    { deep: true, sample: 0.3 },
  ],
])('a point verified over HTTP with %j is marked', async (body, verification) => {
  const accepted = await call('POST', `/api/recovery-points/latest/verify`, body);
  expect(accepted.status).toBe(202);
  const { id } = accepted.document;
  await app.waitFor(`drill-${id}`);
  const { document } = await call('GET', `/api/drills/${id}`);
  expect(document).toMatchObject({ status: 'succeeded', parts: ['verify'], recoveryPoint: point, verification });
  expect(document['share']).toBeUndefined();
  const { marks } = (await call('GET', `/api/recovery-points/${point}`)).document;
  expect(marks).toEqual(expect.arrayContaining([expect.objectContaining({ kind: 'verified', findings: 0 })]));
});

test('the schedule starts one drill, however often its timer fires', async () => {
  const before = ((await call('GET', '/api/drills')).document['drills'] as unknown[]).length;
  for (let i = 0; i < 3; i++) await app.invokeTimer('timer-drill');
  const drills = (await call('GET', '/api/drills')).document['drills'] as { id: string; trigger: string }[];
  expect(drills.length).toBe(before + 1);
  const timed = drills.find(({ trigger }) => trigger === 'timer');
  await app.waitFor(`drill-${timed?.id ?? ''}`);
});

test.each([
  ['POST', '/api/drills', { recoveryPoint: '20200101T000000Z-0000' }, { status: 404, code: 'point.not-found' }],
  ['POST', '/api/drills', { sample: 0 }, { status: 400, code: 'http.bad-request' }],
  ['POST', '/api/recovery-points/latest/verify', { sample: 5 }, { status: 400, code: 'http.bad-request' }],
  ['POST', '/api/recovery-points/nonsense/verify', {}, { status: 404, code: 'point.not-found' }],
  ['GET', '/api/drills/..', {}, { status: 404, code: 'drill.not-found' }],
])('%s %s %j is refused', async (...[method, path, body, refusal]) => {
  expect((await call(method, path, body)).document).toMatchObject(refusal);
});
