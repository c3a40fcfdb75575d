import { utimesSync } from 'node:fs';
import { canary, contentOf, eachWithKeepStage, type KeepStage } from './keep-stage';
import { failureOf } from './vault-stage';

const day = 86_400_000;
let stage: KeepStage;
eachWithKeepStage((opened) => {
  stage = opened;
});

const file = (part: string) => ({ content: Buffer.from(contentOf(part)), source: 'file', way: 'cli' as const });

test('what was never stored is said so', async () => {
  expect(await stage.deskOf().status()).toEqual({ stored: false, maxAgeDays: 90, stale: false, warnings: [] });
});

test('a file that is handed over is current at once and pinned by the next run', async () => {
  const custody = await stage.deskOf().put(file('one'));
  expect(custody.stored).toBe(true);
  expect(await stage.deskOf().status()).toMatchObject({ stored: true, version: custody.version, ageDays: 0, stale: false });
  expect((await stage.kept('run-1', { dropFile: false })).custody).toEqual({ ...custody, stored: false });
});

test('the same file handed over again adds no version, and its age counts anew', async () => {
  const first = await stage.deskOf().put(file('one'));
  stage.clock.advance(100 * day);
  expect(await stage.deskOf().status()).toMatchObject({ ageDays: 100, stale: true, warnings: [{ code: 'secrets.stale' }] });
  const second = await stage.deskOf().put(file('one'));
  expect(second).toMatchObject({ version: first.version, capturedAt: first.capturedAt, stored: false });
  expect(await stage.deskOf().status()).toMatchObject({ ageDays: 0, stale: false });
  expect((await stage.kept('run-1', { dropFile: false, maxAgeDays: 90 })).warnings).toEqual([]);
});

test('the same file that merely lies where runs look for it goes on ageing', async () => {
  stage.drop(contentOf('one'));
  await stage.kept('run-1');
  stage.clock.advance(100 * day);
  expect((await stage.kept('run-2', { maxAgeDays: 90 })).warnings).toMatchObject([{ code: 'secrets.stale' }]);
});

test('a file that was forgotten where runs look does not undo what was handed over after it', async () => {
  stage.drop(contentOf('old'));
  await stage.kept('run-1');
  stage.clock.advance(Date.now() - stage.clock.now().getTime() + day);
  const { version } = await stage.deskOf().put(file('new'));
  const run = await stage.kept('run-2', { maxAgeDays: 90 });
  expect(run).toMatchObject({ custody: { version, stored: false }, warnings: [{ code: 'secrets.old-drop' }] });
  const later = new Date(stage.clock.now().getTime() + day);
  utimesSync(stage.dropPath, later, later);
  expect((await stage.kept('run-3')).custody.stored).toBe(true);
});

test('a file that cannot be taken costs a problem and not the secrets that are kept', async () => {
  const { version } = await stage.deskOf().put(file('good'));
  stage.drop(`cut off ${canary}`);
  expect(await stage.kept('run-1')).toMatchObject({ custody: { version }, problem: { code: 'secrets.invalid' } });
  stage.drop(Buffer.alloc(2_000_000, 32));
  expect(await stage.kept('run-2')).toMatchObject({ custody: { version }, problem: { code: 'secrets.too-large' } });
});

test.each([
  ['ObjectIsBeingDeleted', true],
  ['ObjectIsDeletedButRecoverable', false],
])('a conflict that is %s is worth another try: %s', async (innerCode, passes) => {
  const conflict = { status: 409, body: { error: { code: 'Conflict', message: 'no', innererror: { code: innerCode } } } };
  stage.faults.add({ operation: 'set', times: 2, answer: () => conflict });
  const put = stage.deskOf().put(file('one'));
  if (passes) expect((await put).stored).toBe(true);
  else expect(await failureOf(put)).toMatchObject({ code: 'vault.conflict', hint: expect.stringContaining('recover') });
});

test.each([
  ['ForbiddenByPolicy', 'Azure Policy'],
  ['ForbiddenByFirewall', 'network rules'],
  ['ForbiddenByRbac', 'Secrets Officer'],
])('a refusal that is %s has the hint of its own', async (innerCode, hint) => {
  const refused = { status: 403, body: { error: { code: 'Forbidden', message: 'no', innererror: { code: innerCode } } } };
  stage.faults.add({ operation: 'set', times: 1, answer: () => refused });
  expect(await failureOf(stage.deskOf().put(file('one')))).toMatchObject({ hint: expect.stringContaining(hint) });
});

test.each([
  ['a name twice', `{"${canary}":1,"${canary}":2}`, /twice.*line 1, column/],
  ['a name twice deep inside', `{"a":[{"b":{"${canary}":1, "${canary}":2}}]}`, /twice/],
  ['a name twice, once escaped', '{"ab":1,"\\u0061b":2}', /twice/],
  ['something after its end', `{"a":1} ${canary}`, /not valid JSON.*line 1, column 9/],
  ['two documents', `{"a":1}\n{"b":"${canary}"}`, /line 2, column 1/],
  ['a comment', `{"a":1} // ${canary}`, /not valid JSON/],
  ['a comma too many', '{"a":1,}', /not valid JSON/],
  ['one byte', '{', /not valid JSON/],
])('a file with %s is refused by its place and not by its words', async (_what, content, reason) => {
  const error = await failureOf(stage.deskOf().put({ ...file('x'), content: Buffer.from(content) }));
  expect(error).toMatchObject({ code: 'secrets.invalid', message: expect.stringMatching(reason) });
  expect(JSON.stringify([error, error.message, error.stack, error.cause])).not.toContain('CANARY');
});

test('a vault that is busy for half a minute is waited for', async () => {
  stage.faults.throttle(5);
  expect((await stage.deskOf().put(file('one'))).stored).toBe(true);
  expect(stage.clock.slept.reduce((sum, ms) => sum + ms, 0)).toBe(31_000);
});

test('a vault that asks for more time gets it', async () => {
  stage.faults.throttle(2, 15);
  expect((await stage.deskOf().put(file('one'))).stored).toBe(true);
  expect(stage.clock.slept).toEqual([15_000, 15_000]);
});
