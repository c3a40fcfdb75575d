import { loadConfig } from '../../src/config/load-config';
import type { FileShareRecord } from '../../src/contracts/recovery-point';
import { createShareStage } from '../fileshare/share-stage';
import { pointOf } from '../runs/stage';
import { openApi } from './api-stage';

const at = (day: number) => `202611${day}T020000Z-7f3a`;
let fileshare: FileShareRecord;
beforeAll(async () => {
  const stage = await createShareStage();
  stage.write('site1/file.txt', 'content');
  fileshare = await stage.backUp();
  stage.dispose();
});

const unset = loadConfig({
  BACKUP_STORAGE_CONNECTION_STRING: 'UseDevelopmentStorage=true',
  BACKUP_COMPONENTS: 'fileshare',
  FILE_SHARE_PATH: '/share',
});

/** An API over a point with a share, and a newer one without. */
async function openWithPoints(changes?: Parameters<typeof openApi>[0]) {
  const api = openApi(changes);
  const { points } = api.services;
  await points.commit(pointOf(at(20), { fileshare, components: ['fileshare'], outcome: 'complete' }));
  await points.commit(pointOf(at(21)));
  return api;
}

test('a restore is accepted, told of and stopped, beside a backup', async () => {
  const api = await openWithPoints();
  expect((await api.post('backups')).status).toBe(202);
  const accepted = await api.post('restores', { recoveryPoint: 'latest', include: ['site1/**'], overwrite: 'older' });
  const { runId } = accepted.document;
  const self = `/api/restores/${String(runId)}`;
  expect(accepted).toMatchObject({
    status: 202,
    headers: { location: self, 'retry-after': '10' },
    document: { status: 'running', recoveryPoint: at(20), links: { self, cancel: `${self}/cancel` } },
  });
  const told = await api.get(`restores/${String(runId)}`);
  expect(told).toMatchObject({
    status: 200,
    document: {
      ...{ runId, status: 'running', phase: 'restoring', recoveryPoint: at(20), directory: at(20) },
      ...{ include: ['site1/**'], overwrite: 'older', components: ['fileshare'], problems: [], progress: [] },
    },
  });
  const busy = await api.post('restores', { recoveryPoint: at(20) });
  expect(busy).toMatchObject({ status: 409, document: { code: 'run.busy', runId, hint: expect.stringContaining('restores/') } });
  expect((await api.post(`restores/${String(runId)}/cancel`)).status).toBe(202);
  expect(await api.services.restores.records.isCancelRequested(String(runId))).toBe(true);
  expect((await api.get('backups')).document['backups']).toHaveLength(1);
});

test('one whose process is gone has failed, and makes room for the next', async () => {
  const api = await openWithPoints();
  const { runId } = (await api.post('restores', { recoveryPoint: at(20) })).document;
  api.stage.kill(1);
  const dead = await api.get(`restores/${String(runId)}`);
  expect(dead.document).toMatchObject({
    status: 'failed',
    problems: [{ message: expect.stringContaining('ended before it did') }],
  });
  expect((await api.post('restores', { recoveryPoint: at(20) })).status).toBe(202);
  expect(await api.services.restores.records.read(String(runId))).toMatchObject({ status: 'failed', phase: 'ended' });
  expect((await api.post(`restores/${String(runId)}/cancel`)).document).toMatchObject({ status: 409, code: 'run.ended' });
});

const refused: [object, string][] = [
  [{}, 'body.recoveryPoint: '],
  [{ recoveryPoint: '../x' }, 'body.recoveryPoint: must be latest'],
  [{ recoveryPoint: 'latest', components: ['databases'] }, 'body.components.0: '],
  [{ recoveryPoint: 'latest', overwrite: 'sometimes' }, 'body.overwrite: '],
  [{ recoveryPoint: 'latest', include: [] }, 'body.include: '],
  [{ recoveryPoint: 'latest', target: '/tmp' }, 'body: Unrecognized key'],
  ...['/etc', '..', '../x', 'a/../b', 'a/..', './a', 'a//b', 'a/', '', 'C:', 'C:\\x', '\\\\host\\share', 'a\\..\\b', 'a\0b'].map(
    (directory): [object, string] => [{ recoveryPoint: 'latest', directory }, 'body.directory: '],
  ),
];
test.each(refused)('refuses %j and says why', async (body, why) => {
  const { status, document } = await (await openWithPoints()).post('restores', body);
  expect([status, document['code'], document['detail']]).toEqual([400, 'http.bad-request', expect.stringContaining(why)]);
});

test.each(['.', 'a', 'a/b c/.d', '..a/b..'])('takes the directory %j', async (directory) => {
  const api = await openWithPoints();
  const { status, document } = await api.post('restores', { recoveryPoint: 'latest', directory });
  expect(status).toBe(202);
  expect((await api.get(`restores/${String(document['runId'])}`)).document).toMatchObject({ directory });
});

test('what is not there is not found', async () => {
  const api = await openWithPoints();
  expect((await api.post('restores', { recoveryPoint: at(19) })).document).toMatchObject({
    status: 404,
    code: 'point.not-found',
  });
  expect((await api.post('restores', { recoveryPoint: at(21) })).document).toMatchObject({
    ...{ status: 404, code: 'point.component-missing' },
  });
  for (const runId of [at(20), 'newest', '..']) {
    expect((await api.get(`restores/${runId}`)).document).toMatchObject({ status: 404, code: 'run.not-found' });
  }
});

test('without RESTORE_DIRECTORY nothing is restored, and it says which setting is missing', async () => {
  const api = await openWithPoints(() => ({ config: unset }));
  const { status, document } = await api.post('restores', { recoveryPoint: 'latest' });
  expect([status, document]).toEqual([
    409,
    expect.objectContaining({ code: 'restore.not-configured', hint: expect.stringContaining('Set RESTORE_DIRECTORY') }),
  ]);
});
