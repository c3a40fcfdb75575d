import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox, type Sandbox } from '../../sandbox/start-sandbox';
import { run } from './stage';

let work: string;
let sandbox: Sandbox;
beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'hubkeep-partial-'));
  sandbox = await startSandbox({ directory: join(work, 'sandbox'), share: join(work, 'missing') });
});
afterAll(async () => {
  await sandbox.close();
  rmSync(work, { recursive: true, force: true });
});

const wrongPassword = 'not-the-password-8412';
const hubkeep = (...args: string[]) => run({ SQL_PASSWORD: wrongPassword }, [...args, '--env-file', sandbox.envFile]);

test('components that fail leave a partial point, each with its reason and what to do', async () => {
  const answer = await hubkeep('backup');
  expect(answer.code).toBe(3);
  expect(answer.stdout).toMatch(/^failed {2}databases, appservice_hosting on localhost:\d+: .*\n +hint: /m);
  expect(answer.stdout).toMatch(/^failed {2}fileshare: FILE_SHARE_PATH .*missing is not a directory.*\n +hint: /m);
  expect(answer.stdout).toMatch(/^secrets +\S+, new version \S+, captured \d{4}-\d\d-\d\d \d\d:\d\d UTC /m);
  expect(answer.stdout).toMatch(/^partial: recovery point \S+, number 1, in /m);
  expect(answer.stdout + answer.stderr).not.toContain(wrongPassword);
});

test('the list marks what failed', async () => {
  expect((await hubkeep('list')).stdout).toMatch(
    / 1 +\d{4}-\d\d-\d\d \d\d:\d\d +partial +0 B +databases \(failed\),fileshare \(failed\),secrets$/m,
  );
});

test('such a point gives back what it has and names what it lacks', async () => {
  const [{ id, outcome, bytes }] = (await hubkeep('list', '--json')).json();
  expect([outcome, bytes]).toEqual(['partial', 0]);
  const file = join(work, 'secrets.json');
  const targets = ['--secrets', file, '--fileshare', join(work, 'share'), '--databases', join(work, 'databases')];
  const answer = await hubkeep('restore', id, ...targets, '--json');
  expect(answer.code).toBe(3);
  expect(answer.json()).toMatchObject({ recoveryPoint: id, secrets: { file } });
  expect(answer.json().missing.map(({ component }: { component: string }) => component)).toEqual([
    'databases',
    'databases',
    'databases',
    'fileshare',
  ]);
  expect(readFileSync(file)).toEqual(readFileSync(sandbox.settings['SYSTEM_SECRETS_PATH']!));
  expect(existsSync(join(work, 'share'))).toBe(false);
  expect((await hubkeep('verify', '--json')).json()).toMatchObject({ points: [id], findings: [] });
});

test('never writes secrets over a file that is there, nor without knowing the vault', async () => {
  const file = join(work, 'secrets.json');
  const before = readFileSync(file);
  const again = await hubkeep('restore', 'latest', '--secrets', file);
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining(`hubkeep: ${file} exists already`)]);
  expect(readFileSync(file)).toEqual(before);
  const storage = { BACKUP_STORAGE_CONNECTION_STRING: sandbox.settings['BACKUP_STORAGE_CONNECTION_STRING']! };
  const blind = await run(storage, ['restore', 'latest', '--secrets', join(work, 'other.json')]);
  expect([blind.code, blind.stderr]).toEqual([2, expect.stringContaining(`Set KEY_VAULT_URL to ${sandbox.vault.url}`)]);
});

test('latest says what it passed over, and which point it takes', async () => {
  const [{ id }] = (await hubkeep('list', '--json')).json();
  await hubkeep('backup', '--components', 'fileshare,secrets');
  expect((await hubkeep('backup', '--components', 'fileshare')).code).toBe(1);
  const share = join(work, 'sandbox', 'a-share');
  mkdirSync(share);
  writeFileSync(join(share, 'file'), 'x');
  const withShare = ['--env-file', sandbox.envFile];
  expect((await run({ FILE_SHARE_PATH: share }, ['backup', '--components', 'fileshare', ...withShare])).code).toBe(0);
  const answer = await hubkeep('restore', 'latest', '--secrets', join(work, 'passed-over.json'));
  expect(answer.stderr).toContain('passed over 1 newer point that lacks secrets');
  expect(answer.stderr).toMatch(/^restoring recovery point \S+ of \d{4}-\d\d-\d\d \d\d:\d\d UTC$/m);
  expect(answer.stderr).not.toContain(id);
});
