import { runbookSchema } from '../../src/contracts/runbook';
import { layout } from '../../src/repository/layout';
import { pointOf } from '../runs/stage';
import { openApi } from './api-stage';

const id = '20261122T020000Z-7f3a';
const path = `recovery-points/${id}/runbook`;

async function openWithPoint() {
  const api = openApi();
  await api.services.points.commit(pointOf(id));
  return api;
}

test.each([
  [undefined, undefined, 'text/html; charset=utf-8'],
  [undefined, '*/*', 'text/html; charset=utf-8'],
  [undefined, 'text/html,application/xhtml+xml,*/*;q=0.8', 'text/html; charset=utf-8'],
  [undefined, 'application/json', 'application/json'],
  [undefined, 'image/png, Text/Markdown;q=0.5', 'text/markdown; charset=utf-8'],
  ['md', 'application/json', 'text/markdown; charset=utf-8'],
  ['html', 'application/json', 'text/html; charset=utf-8'],
  ['json', undefined, 'application/json'],
])('asked for %s with Accept %s it is %s', async (format, accept, type) => {
  const { call } = await openWithPoint();
  const answer = await call('GET', path, { ...(format && { query: { format } }), ...(accept && { accept }) });
  expect({ status: answer.status, type: answer.headers['content-type'] }).toEqual({ status: 200, type });
  expect(answer.text).toContain(id);
  if (type === 'application/json') expect(runbookSchema.parse(answer.document)).toMatchObject({ recoveryPoint: id });
});

test('the page lets nothing in, by its headers and by itself', async () => {
  const { headers, text } = await (await openWithPoint()).get(path);
  expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; /);
  expect(text).toMatch(
    /<meta\s+http-equiv="Content-Security-Policy"\s+content="default-src &#39;none&#39;; style-src &#39;sha256-/,
  );
  expect(text).not.toMatch(/<script|src=|href="(?!#)|@import|url\(/);
});

test('it tells what was marked on the point since', async () => {
  const api = await openWithPoint();
  const mark = { kind: 'suspect', at: '2026-11-23T00:00:00Z', reason: 'a drill failed' };
  await api.services.points.mark(id, mark);
  expect((await api.get(path, { format: 'md' })).text).toContain('a drill failed');
  expect(await api.services.store.read(layout.point(id))).toBeDefined();
});

test.each([
  [
    { where: 'recovery-points/20260101T000000Z-0000/runbook', query: {} },
    { status: 404, code: 'point.not-found' },
  ],
  [
    { where: path, query: { format: 'pdf' } },
    { status: 400, code: 'http.bad-request' },
  ],
  [
    { where: path, query: { target: 'x' } },
    { status: 400, code: 'http.bad-request' },
  ],
])('%j is refused', async ({ where, query }, refusal) => {
  expect((await (await openWithPoint()).get(where, query)).document).toMatchObject(refusal);
});

test('the status page leads to it', async () => {
  expect((await (await openWithPoint()).get('dashboard')).text).toContain(`href="recovery-points/${id}/runbook"`);
});
