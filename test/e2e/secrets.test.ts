import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStage, type Hubkeep, type Stage } from './stage';

let stage: Stage;
let hubkeep: Hubkeep;
const canary = 'CANARY-5d0c';
const contentOf = (filler: string) => `{"Keys":[{"Value":"${canary}"}],"Filler":"${filler}"}`;
const large = contentOf('x'.repeat(60_000));
/** Nothing lies where runs look for it. */
const handed = { SYSTEM_SECRETS_PATH: '/nowhere/SystemSecrets.JSON' };

function fileOf(name: string, content: string | Buffer): string {
  const path = stage.path(name);
  writeFileSync(path, content);
  return path;
}

beforeAll(async () => {
  stage = await openStage({ files: 20 });
  hubkeep = stage.inContainer('secrets');
});
afterAll(() => stage.close());

test('from nothing stored to a restored file, by the commands alone', async () => {
  const never = await hubkeep.json(['secrets', 'status'], handed);
  expect(never).toMatchObject({ code: 1, document: { stored: false } });
  expect(never.stderr).toContain('Download Secrets');

  const put = await hubkeep.json(['secrets', 'put', fileOf('SystemSecrets.JSON', large)], handed);
  expect(put).toMatchObject({ code: 0, document: { stored: true, size: large.length, parts: expect.anything() } });
  expect(put.stderr).toContain('delete it');
  const status = await hubkeep.json(['secrets', 'status'], handed);
  expect(status).toMatchObject({ code: 0, document: { stored: true, version: put.document.version, parts: 3, stale: false } });

  expect((await hubkeep.run(['backup', '--components', 'secrets'], handed)).code).toBe(0);
  expect((await hubkeep.run(['secrets', 'put', fileOf('newer.JSON', contentOf('newer'))], handed)).code).toBe(0);
  const back = stage.path('private/back/SystemSecrets.JSON');
  expect((await hubkeep.run(['restore', 'latest', '--secrets', back])).code).toBe(0);
  expect(readFileSync(back, 'utf8') === large).toBe(true);
  expect(statSync(back).mode & 0o777).toBe(0o600);
  expect(statSync(stage.path('private')).mode & 0o777).toBe(0o700);

  const command = await hubkeep.json(['restore', 'latest', '--print-key-vault-command']);
  expect(command.code).toBe(0);
  for (const { name, version } of put.document.parts)
    expect(command.document.command).toContain(`${stage.sandbox.vault.url}/secrets/${name}/${version}`);
});

test('the same file again is told to be the same', async () => {
  const file = fileOf('same.JSON', contentOf('same'));
  expect((await hubkeep.run(['secrets', 'put', file], handed)).stdout).toContain('stored as version');
  expect((await hubkeep.run(['secrets', 'put', file], handed)).stdout).toContain('unchanged since version');
});

test.each([0o755, 0o733])(
  'a directory that everybody may look into or write to gets no secrets, unless forced: %i',
  async (mode) => {
    const open = stage.path(`open-${mode}`);
    mkdirSync(open);
    chmodSync(open, mode);
    const refused = await hubkeep.run(['restore', 'latest', '--secrets', join(open, 'a.json')]);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('--force')]);
    expect((await hubkeep.run(['restore', 'latest', '--secrets', join(open, 'a.json'), '--force'])).code).toBe(0);
    expect((await hubkeep.run(['restore', 'latest', '--secrets', join(open, 'a.json'), '--force'])).stderr).toContain(
      'exists already',
    );
  },
);

test.each([
  ['that is missing', () => stage.path('nowhere.JSON'), 'cannot be read (ENOENT)'],
  ['that is too large', () => fileOf('large.JSON', 'x'.repeat(5_000_000)), '5000000 bytes'],
  ['in UTF-16', () => fileOf('utf16.JSON', Buffer.from(`\uFEFF${contentOf('')}`, 'utf16le')), 'is UTF-16'],
  ['that is cut off', () => fileOf('cut.JSON', large.slice(0, -1)), 'line 1, column'],
])('a file %s is refused with the reason and not a word of it', async (_what, file, reason) => {
  const { code, stdout, stderr } = await hubkeep.run(['secrets', 'put', file(), '--verbose'], handed);
  expect([code, stderr]).toEqual([1, expect.stringContaining(reason)]);
  expect(stdout + stderr).not.toContain('CANARY');
});
