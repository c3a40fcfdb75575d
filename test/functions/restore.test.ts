import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEmbeddedRuns } from '../../src/cli/embedded-runs';
import { spawnWriter } from '../support/writer-threads';
import { startServer } from '../../src/cli/start-server';
import { compose } from '../../src/compose';
import { loadConfig } from '../../src/config/load-config';
import { contentOf } from '../recovery/restore-stage';
import { openAzureStage, type AzureStage } from '../support/azure-stage';
import type { FunctionsHostOptions } from '../support/functions-host/host';
import { openRegisteredApp, type RegisteredApp } from '../support/registered-app';
import { silentLog } from '../support/silent-log';

const apiKey = 'a-key-of-sixteen-or-more';
let stage: AzureStage;
let work: string;
let containers = 0;
let app: RegisteredApp | undefined;

beforeAll(async () => {
  stage = await openAzureStage();
  execFileSync('find', [stage.share, '-exec', 'touch', '-h', '-d', '2024-03-01', '{}', '+']);
});
beforeEach(() => (work = mkdtempSync(join(tmpdir(), 'hubkeep-restores-'))));
afterEach(async () => {
  await app?.close();
  app = undefined;
  rmSync(work, { recursive: true });
});
afterAll(() => stage.close());

const settingsOf = (width = '1') => ({
  ...stage.settings(`restores-${(containers += 1)}`),
  ...{ FILE_SHARE_WIDTH: width, RESTORE_DIRECTORY: work },
});

interface Answer {
  readonly status: number;
  readonly document: Record<string, unknown> & { runId: string };
}

async function openApp(width: string, options: FunctionsHostOptions = {}) {
  const opened = (app = await openRegisteredApp(settingsOf(width), options));
  const call = async (method: string, path: string, body: object = {}): Promise<Answer> => {
    const { status, json } = await opened.invokeHttp({ method, path, ...(method === 'POST' ? { body } : {}) });
    return { status, document: json() as Answer['document'] };
  };
  const { runId } = (await call('POST', '/api/backups')).document;
  await opened.waitFor(runId);
  return { call, point: runId, waitFor: opened.waitFor };
}

test.each([
  ['1', false],
  ['3', false],
  ['3', true],
])('durable: %s wide, every activity twice: %s, the share comes back as it was', async (width, deliverTwice) => {
  const { call, point, waitFor } = await openApp(width, { deliverTwice });
  const accepted = await call('POST', '/api/restores', { recoveryPoint: 'latest' });
  expect(accepted).toMatchObject({ status: 202, document: { status: 'running', recoveryPoint: point } });
  const { runId } = accepted.document;
  expect(await waitFor(runId)).toMatchObject({ runtimeStatus: 'Completed', output: { status: 'complete' } });
  expect(contentOf(join(work, point))).toEqual(contentOf(stage.share));
  const { document } = await call('GET', `/api/restores/${runId}`);
  expect(document).toMatchObject({
    status: 'complete',
    phase: 'ended',
    directory: point,
    problems: [],
    endedAt: expect.any(String),
  });
  if (!deliverTwice) expect(document['restored']).toMatchObject({ created: { files: 64 }, directories: 12, symlinks: 1 });
  expect((await call('GET', '/api/backups')).document).toMatchObject({ backups: [{ runId: point }] });
  const again = await call('POST', '/api/restores', { recoveryPoint: point });
  await waitFor(again.document.runId);
  expect((await call('GET', `/api/restores/${again.document.runId}`)).document).toMatchObject({
    ...{ status: 'failed', problems: [{ code: 'restore.target-not-empty' }] },
  });
});

test('durable: one that is cancelled ends so, and the same one goes on from there', async () => {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  const gate = {
    beforeActivity: async (name: string) => {
      if (name !== 'finish-restore-box') return;
      reached.resolve();
      await opened.promise;
    },
  };
  const { call, point, waitFor } = await openApp('1', gate);
  const { runId } = (await call('POST', '/api/restores', { recoveryPoint: point, directory: 'a/b' })).document;
  await reached.promise;
  expect((await call('GET', `/api/restores/${runId}`)).document).toMatchObject({ status: 'running', phase: 'finishing' });
  // A restore keeps nobody from a backup.
  const backup = await call('POST', '/api/backups');
  expect(backup.status).toBe(202);
  await waitFor(backup.document.runId);
  expect((await call('POST', `/api/restores/${runId}/cancel`)).status).toBe(202);
  opened.resolve();
  expect(await waitFor(runId)).toMatchObject({ output: { status: 'cancelled' } });
  expect(readdirSync(join(work, 'a/b'))).toContain(`.hubkeep-restore-${point}.json`);
  const next = (await call('POST', '/api/restores', { recoveryPoint: point, directory: 'a/b' })).document.runId;
  expect(await waitFor(next)).toMatchObject({ output: { status: 'complete' } });
  expect((await call('GET', `/api/restores/${next}`)).document['restored']).toMatchObject({ equal: { files: 64 } });
  expect(contentOf(join(work, 'a/b'))).toEqual(contentOf(stage.share));
});

test('serve: into a directory that holds something, and of what is included only', async () => {
  const hubkeep = compose(loadConfig(settingsOf('2')), { log: silentLog, runsDependOnProcess: true, spawnWriter });
  const { engine, startBackup } = createEmbeddedRuns(hubkeep);
  const server = await startServer({ hubkeep, engine, apiKey });
  const call = async (path: string, body?: object) => {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const answer = await fetch(`${server.url}/api/${path}`, { ...init, headers: { 'x-functions-key': apiKey } });
    return { status: answer.status, document: (await answer.json()) as Answer['document'] };
  };
  try {
    const { runId: point } = await startBackup({ components: ['fileshare'], trigger: 'http' });
    await engine.wait(point);
    const page = join(work, 'web', 'alpha/site/wwwroot/page-1.html');
    mkdirSync(join(page, '..'), { recursive: true });
    writeFileSync(page, 'older');
    utimesSync(page, 1_500_000_000, 1_500_000_000);
    writeFileSync(join(work, 'web', 'mine'), 'mine');

    const asked = { recoveryPoint: 'latest', directory: 'web', include: ['alpha/**'] };
    const refused = (await call('restores', asked)).document.runId;
    await engine.wait(refused);
    expect((await call(`restores/${refused}`)).document).toMatchObject({ problems: [{ code: 'restore.target-not-empty' }] });

    const { runId } = (await call('restores', { ...asked, overwrite: 'older' })).document;
    await engine.wait(runId);
    expect((await call(`restores/${runId}`)).document).toMatchObject({
      status: 'complete',
      restored: { created: { files: 21 }, replaced: { files: 1 }, notRestored: { count: 0 } },
    });
    execFileSync('diff', ['-r', '--no-dereference', join(stage.share, 'alpha'), join(work, 'web', 'alpha')]);
    expect(readdirSync(join(work, 'web')).sort()).toEqual(['alpha', 'mine']);

    const none = (await call('restores', { recoveryPoint: point, include: ['nowhere/**'] })).document.runId;
    await engine.wait(none);
    expect((await call(`restores/${none}`)).document).toMatchObject({
      ...{ status: 'failed', problems: [{ code: 'restore.incomplete', message: 'nothing in the share matches nowhere/**' }] },
    });
  } finally {
    await server.close();
  }
});
