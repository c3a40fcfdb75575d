import { get } from 'node:https';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createCertificateAuthority, localNames } from '../../sandbox/certificates';
import { createEmbeddedRuns } from '../../src/cli/embedded-runs';
import { startServer } from '../../src/cli/start-server';
import { compose, type Hubkeep } from '../../src/compose';
import { loadConfig } from '../../src/config/load-config';
import { hubkeepVersion } from '../../src/contracts/version';
import type { HttpServer } from '../../src/adapters/http-server/http-server';
import type { EmbeddedEngine } from '../../src/workflow/embedded';
import { openAzureStage, type AzureStage } from '../support/azure-stage';
import { silentLog } from '../support/silent-log';

const apiKey = 'a-key-of-sixteen-or-more';

let stage: AzureStage;
let hubkeep: Hubkeep;
let engine: EmbeddedEngine;
let server: HttpServer;

beforeAll(async () => {
  stage = await openAzureStage();
  hubkeep = compose(loadConfig(stage.settings('serve')), { log: silentLog, runsDependOnProcess: true });
  engine = createEmbeddedRuns(hubkeep).engine;
  server = await startServer({ hubkeep, engine, apiKey });
});
afterAll(async () => {
  await server?.close();
  await stage.close();
});

const call = (path: string, init: RequestInit = {}) =>
  fetch(`${server.url}${path}`, { ...init, headers: { 'x-functions-key': apiKey, ...init.headers } });

test('it listens on this machine alone', () => {
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

test('a backup asked for becomes a recovery point, under the same routes as on Azure', async () => {
  const accepted = await call('/api/backups', { method: 'POST', body: JSON.stringify({ reason: 'by hand' }) });
  expect(accepted.status).toBe(202);
  const { runId } = (await accepted.json()) as { runId: string };
  expect(accepted.headers.get('location')).toBe(`/api/backups/${runId}`);

  const busy = await call('/api/backups', { method: 'POST' });
  expect(busy.status).toBe(409);
  expect(await busy.json()).toMatchObject({ code: 'run.busy', runId });

  await engine.wait(runId);
  expect(await (await call(`/api/backups/${runId}`)).json()).toMatchObject({ status: 'complete', reason: 'by hand' });
  expect(await (await call('/api/recovery-points/latest')).json()).toMatchObject({ id: runId, trigger: 'http' });
});

test.each([
  ['no key', {}, ''],
  ['another key', { 'x-functions-key': `${apiKey}x` }, ''],
  ['another key in the query', {}, '?code=wrong'],
  ['the key in a header it does not read', { authorization: `Bearer ${apiKey}` }, ''],
])('whoever sends %s gets nothing, not even which routes there are', async (_, headers: Record<string, string>, query) => {
  for (const path of ['/api/backups', '/api/recovery-points/latest', '/api/dashboard', '/api/openapi.json', '/nowhere']) {
    const refused = await fetch(`${server.url}${path}${query}`, { headers });
    expect([path, refused.status]).toEqual([path, 401]);
    expect(await refused.json()).toMatchObject({ code: 'http.unauthorized', status: 401 });
  }
  const refused = await fetch(`${server.url}/api/backups${query}`, { method: 'POST', headers });
  expect(refused.status).toBe(401);
});

test('a browser sends the key in the address', async () => {
  const page = await fetch(`${server.url}/api/dashboard?code=${apiKey}`);
  expect(page.status).toBe(200);
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(page.headers.get('referrer-policy')).toBe('no-referrer');
  expect(await page.text()).not.toContain(apiKey);
  expect((await fetch(`${server.url}/api/backups?limit=1&code=${apiKey}`)).status).toBe(200);
});

test('health needs no key', async () => {
  const health = await fetch(`${server.url}/api/health`);
  expect(await health.json()).toEqual({ status: 'ok', version: hubkeepVersion });
});

test('what there is no route for is not found', async () => {
  const missing = await call('/api/nowhere');
  expect(missing.status).toBe(404);
  expect(await missing.json()).toMatchObject({ code: 'http.not-found' });
  expect((await call('/api/backups', { method: 'DELETE' })).status).toBe(404);
});

test('a port that is taken is a configuration error that says so', async () => {
  const port = Number(new URL(server.url).port);
  await expect(startServer({ hubkeep, engine, apiKey, port })).rejects.toMatchObject({
    code: 'config.invalid',
    message: `Cannot listen on 127.0.0.1:${port} (EADDRINUSE)`,
  });
});

test('with a certificate it speaks TLS', async () => {
  const authority = createCertificateAuthority();
  const secure = await startServer({ hubkeep, engine, apiKey, tls: authority.issue(localNames) });
  try {
    expect(secure.url).toMatch(/^https:/);
    const [answer] = (await once(get(`${secure.url}/api/health`, { ca: authority.caPem }), 'response')) as [IncomingMessage];
    expect(answer.resume().statusCode).toBe(200);
  } finally {
    await secure.close();
  }
});
