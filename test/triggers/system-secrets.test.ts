import { canary, contentOf, openKeepStage, type KeepStage } from '../secrets/keep-stage';
import { openApi } from './api-stage';

let stage: KeepStage;
beforeEach(async () => {
  stage = await openKeepStage();
});
afterEach(() => stage.close());

const open = () => openApi(() => ({ systemSecrets: stage.deskOf() }));

test('a file that is put is kept byte for byte and told of, never shown', async () => {
  const api = open();
  expect(await api.get('system-secrets')).toMatchObject({ status: 200, document: { stored: false, maxAgeDays: 90 } });
  const put = await api.put('system-secrets', contentOf('one'));
  expect(put).toMatchObject({ status: 200, document: { stored: true, size: Buffer.byteLength(contentOf('one')), ageDays: 0 } });
  const got = await api.get('system-secrets');
  expect(got.document).toEqual(put.document);
  expect(put.text + got.text).not.toContain('CANARY');
  const { custody } = await stage.kept('run-1', { dropFile: false });
  expect(custody.version).toBe(put.document['version']);
});

test.each([
  ['what is no JSON', `CANARY ${canary}`, '400 secrets.invalid'],
  ['nothing', '', '400 secrets.invalid'],
  ['too much', `{"a":"${canary}${'x'.repeat(1_048_576)}"}`, '413 http.too-large'],
])('%s is refused by its own status, without a word of it', async (_what, body, refusal) => {
  const answer = await open().put('system-secrets', body);
  expect(`${answer.status} ${String(answer.document['code'])}`).toBe(refusal);
  expect(answer.text).not.toContain('CANARY');
});

test('a vault that refuses or stays silent is told as such, and why only in the log', async () => {
  stage.faults.forbid('get', 1);
  expect(await open().get('system-secrets')).toMatchObject({ status: 502, document: { code: 'vault.forbidden' } });
  stage.faults.throttle(7);
  const busy = await open().get('system-secrets');
  expect(busy).toMatchObject({ status: 503, document: { code: 'vault.throttled', detail: expect.stringContaining('vault') } });
  expect(busy.headers['retry-after']).toBe('30');
});

test('without a vault there is nothing to ask', async () => {
  const answer = await openApi().put('system-secrets', contentOf('one'));
  expect(answer).toMatchObject({ status: 400, document: { hint: 'Set KEY_VAULT_URL.' } });
});
