import { HubkeepError } from '../../src/errors/hubkeep-error';
import { layout } from '../../src/repository/layout';
import { pointOf } from '../runs/stage';
import { openApi } from './api-stage';

const at = (day: number) => `202611${day}T020000Z-7f3a`;

/** An API that knows of runs that ended on these days. */
async function openWithRuns(days: readonly number[]) {
  const api = openApi();
  for (const day of days) {
    await api.services.summaries.write({
      ...{
        runId: at(day),
        status: day % 2 === 0 ? 'complete' : 'failed',
        phase: 'ended',
        components: ['fileshare'],
        trigger: 'timer',
      },
      ...{ hubkeepVersion: '0.1.0', startedAt: `2026-11-${day}T02:00:00.000Z`, problems: [], warnings: [] },
    });
  }
  return api;
}

const idsIn = (document: Record<string, unknown>) => (document['backups'] as { runId: string }[]).map(({ runId }) => runId);

describe('starting a backup', () => {
  test('takes what is configured when nothing is asked for', async () => {
    const api = openApi();
    const { status, document } = await api.post('backups');
    expect(status).toBe(202);
    expect(await api.services.summaries.read(document['runId'] as string)).toMatchObject({
      components: ['fileshare'],
      trigger: 'http',
    });
  });

  test.each([
    ['{', 'The body is not JSON.'],
    ['[]', 'body: Invalid input: expected object, received array'],
    [{ components: [] }, 'body.components: '],
    [{ components: ['everything'] }, 'body.components.0: '],
    [{ component: 'fileshare' }, 'body: Unrecognized key'],
    [{ reason: 'x'.repeat(501) }, 'body.reason: '],
    ['x'.repeat(70_000), 'The body has more than'],
    [{ components: ['databases'] }, 'body.components: databases is not configured here.'],
  ])('refuses %j and says why', async (body, why) => {
    const { status, headers, document } = await openApi().post('backups', body);
    expect({ status, type: headers['content-type'] }).toEqual({ status: 400, type: 'application/problem+json' });
    expect(document).toMatchObject({ type: 'about:blank', title: 'Bad Request', status: 400, code: 'http.bad-request' });
    expect(document['detail']).toContain(why);
  });
});

describe('the list of runs', () => {
  test('is newest first and bounded', async () => {
    const { get } = await openWithRuns([10, 11, 12, 13]);
    const { document } = await get('backups', { limit: '3' });
    expect(idsIn(document)).toEqual([at(13), at(12), at(11)]);
    expect(document['more']).toBe(true);
  });

  test('can be cut by status and time', async () => {
    const { get } = await openWithRuns([10, 11, 12, 13, 14, 15]);
    expect(idsIn((await get('backups', { status: 'failed' })).document)).toEqual([at(15), at(13), at(11)]);
    expect(idsIn((await get('backups', { from: '2026-11-12', to: '2026-11-14' })).document)).toEqual([at(13), at(12)]);
    expect(idsIn((await get('backups', { from: '2026-11-14T03:30:00+02:00' })).document)).toEqual([at(15), at(14)]);
  });

  test.each([{ limit: '0' }, { limit: '201' }, { status: 'done' }, { from: 'yesterday' }, { form: '2026-11-12' }])(
    'refuses the query %j',
    async (query: Record<string, string>) => {
      expect((await openApi().get('backups', query)).document).toMatchObject({ status: 400, code: 'http.bad-request' });
    },
  );
});

describe('one run', () => {
  test('shows the phase its engine is in and what its activities told', async () => {
    const api = openApi();
    const runId = (await api.post('backups')).document['runId'] as string;
    const progress = { activity: 'fileshare-bulk', at: '2026-11-22T02:00:10.000Z', files: 10, bytes: 100 };
    await api.services.store.put(
      layout.progress(layout.runFiles(runId), 'fileshare-bulk'),
      Buffer.from(JSON.stringify(progress)),
    );
    expect((await api.get(`backups/${runId}`)).document).toMatchObject({
      status: 'running',
      phase: 'copying',
      progress: [progress],
    });
  });

  test('whose process is gone is shown as failed, in the list and alone', async () => {
    const api = openApi();
    const runId = (await api.post('backups')).document['runId'] as string;
    api.stage.kill(1);
    const dead = { status: 'failed', phase: 'ended', problems: [{ message: 'the process that ran it ended before it did' }] };
    expect((await api.get(`backups/${runId}`)).document).toMatchObject(dead);
    expect((await api.get('backups', { status: 'failed' })).document).toMatchObject({ backups: [dead] });
    expect((await api.post(`backups/${runId}/cancel`)).document).toMatchObject({ status: 409, code: 'run.ended' });
  });

  test('is asked to stop by its own route', async () => {
    const api = openApi();
    const runId = (await api.post('backups')).document['runId'] as string;
    expect(await api.post(`backups/${runId}/cancel`)).toMatchObject({
      status: 202,
      headers: { location: `/api/backups/${runId}` },
    });
    expect(await api.services.summaries.isCancelRequested(runId)).toBe(true);
  });

  test.each(['20260101T000000Z-0000', '..', '../locks', 'x'])('that does not exist is not found: %s', async (id) => {
    const api = openApi();
    const path = `backups/${encodeURIComponent(id)}`;
    expect((await api.get(path)).document).toMatchObject({ status: 404, code: 'run.not-found' });
    expect((await api.post(`${path}/cancel`)).document).toMatchObject({ status: 404, code: 'run.not-found' });
  });
});

describe('recovery points', () => {
  test('a damaged one is named and does not hide the others', async () => {
    const api = openApi();
    for (const day of [20, 21, 22]) await api.services.points.commit(pointOf(at(day)));
    await api.services.store.put(layout.point(at(21)), Buffer.from('{}'));
    const { document } = await api.get('recovery-points');
    expect(document).toMatchObject({
      recoveryPoints: [{ id: at(22) }, { id: at(20) }],
      unreadable: [{ id: at(21), code: 'format.damaged' }],
    });
    expect(document['more']).toBe(false);
    expect((await api.get('recovery-points', { limit: '1' })).document).toMatchObject({ more: true });
    expect((await api.get('dashboard')).text).toContain(`Recovery point ${at(21)}`);
  });

  test('latest passes over what was marked suspect', async () => {
    const api = openApi();
    for (const day of [21, 22]) await api.services.points.commit(pointOf(at(day)));
    const mark = { kind: 'suspect', at: '2026-11-23T00:00:00Z' };
    await api.services.store.put(`${layout.marks(at(22))}20261123T000000Z-suspect.json`, Buffer.from(JSON.stringify(mark)));
    expect((await api.get('recovery-points/latest')).document).toMatchObject({ id: at(21), marks: [] });
    expect((await api.get(`recovery-points/${at(22)}`)).document).toMatchObject({ id: at(22), marks: [mark] });
  });

  test.each(['latest', '20260101T000000Z-0000', '..'])('there is none: %s', async (id) => {
    expect((await openApi().get(`recovery-points/${id}`)).document).toMatchObject({ status: 404, code: 'point.not-found' });
  });
});

describe('what fails inside', () => {
  const failing = (error: Error) =>
    openApi(({ summaries }) => ({ summaries: { ...summaries, ids: () => Promise.reject(error) } })).get('backups');

  test('a store that is away is 503 with a code, and without what is behind it', async () => {
    const { status, headers, text, document } = await failing(
      new HubkeepError('store.unavailable', 'secret-host did not answer'),
    );
    expect(status).toBe(503);
    expect(headers['retry-after']).toBe('30');
    expect(document).toMatchObject({ code: 'store.unavailable', title: 'Service Unavailable' });
    expect(text).not.toContain('secret-host');
  });

  test('anything unforeseen is 500 and nothing else', async () => {
    const { status, text, document } = await failing(new Error('cannot read /etc/secret'));
    expect(status).toBe(500);
    expect(document).toMatchObject({ code: 'internal', title: 'Internal Server Error' });
    expect(text).not.toContain('secret');
  });

  test('what is concealed is logged', async () => {
    const logged: unknown[] = [];
    const log = { error: (event: string, fields: object = {}) => logged.push({ event, ...fields }) };
    const api = openApi((services) => ({
      log: { ...services.log, ...log },
      summaries: { ...services.summaries, ids: () => Promise.reject(new Error('disk')) },
    }));
    await api.get('backups');
    expect(logged).toEqual([{ event: 'http.failed', route: 'http-list-backups', status: 500, code: 'internal', reason: 'disk' }]);
  });
});
