import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './stage';

const storage = { BACKUP_STORAGE_CONNECTION_STRING: 'UseDevelopmentStorage=true' };
let work: string;
beforeAll(() => (work = mkdtempSync(join(tmpdir(), 'hubkeep-usage-'))));
afterAll(() => rmSync(work, { recursive: true, force: true }));

test('all bad settings are named at once, and the exit code says that nothing was done', async () => {
  const answer = await run({ BACKUP_SCHEDULE: 'nightly', SQL_ENCRYPT: 'yes', BACKUP_COMPONENTS: 'fileshare' }, ['backup']);
  expect(answer.code).toBe(2);
  for (const name of ['BACKUP_STORAGE_CONNECTION_STRING', 'BACKUP_SCHEDULE', 'SQL_ENCRYPT', 'FILE_SHARE_PATH']) {
    expect(answer.stderr).toMatch(new RegExp(`^ {2}${name}: `, 'm'));
  }
  expect(answer.stdout).toBe('');
});

test('a single bad setting fits on one line', async () => {
  const answer = await run({ ...storage, BACKUP_COMPONENTS: 'fileshare' }, ['backup']);
  expect([answer.code, answer.stderr]).toEqual([
    2,
    expect.stringMatching(/^hubkeep: One setting needs attention: FILE_SHARE_PATH: .*\n {2}hint: .*\n$/),
  ]);
});

test('a component that is not set up is refused before anything is touched', async () => {
  const settings = { ...storage, BACKUP_COMPONENTS: 'fileshare', FILE_SHARE_PATH: work };
  const answer = await run(settings, ['backup', '--components', 'databases', '--json']);
  expect(answer.code).toBe(2);
  expect(answer.json().error).toMatchObject({
    code: 'config.invalid',
    message: expect.stringContaining('SQL_SERVERS: is not set'),
  });
});

test.each([
  [['backup', '--components', 'database'], 'database is none of databases, fileshare, secrets'],
  [['backup', '--components', ''], 'is none of databases, fileshare, secrets'],
  [['backups'], "unknown command 'backups' (Did you mean backup?)"],
  [['list', '--jsn'], "unknown option '--jsn' (Did you mean --json?)"],
  [['show'], 'takes a recovery point, or --bak'],
  [['restore', 'latest'], 'nothing to restore'],
  [['restore', 'latest', '--secrets', '/tmp/x', '--include', 'a'], '--include needs --fileshare DIR'],
  [['restore', 'latest', '--include', 'a'], '--include needs --fileshare DIR'],
  [['verify', 'latest', '--all'], '--all and latest cannot both be given'],
  [['list', '--env-file', '/nowhere/settings'], 'Cannot read the settings file /nowhere/settings (ENOENT)'],
])('%j is refused as wrong usage', async (args, message) => {
  const answer = await run(storage, args);
  expect(answer.code).toBe(2);
  expect(answer.stderr).toMatch(/^hubkeep: .*\n( {2}hint: .*\n)?$/);
  expect(answer.stderr).toContain(message);
  const asJson = await run(storage, [...args, '--json']);
  expect([asJson.code, asJson.json().error.message]).toEqual([2, expect.stringContaining(message)]);
});

test('a store that does not answer is one line, without credentials or stacks', async () => {
  const key = Buffer.from('the account key, a secret').toString('base64');
  const account = `DefaultEndpointsProtocol=http;AccountName=a;AccountKey=${key};BlobEndpoint=http://127.0.0.1:9/a;`;
  const settings = { BACKUP_STORAGE_CONNECTION_STRING: account, BACKUP_COMPONENTS: 'fileshare', FILE_SHARE_PATH: work };
  const answer = await run(settings, ['backup', '--verbose']);
  expect(answer.code).toBe(1);
  expect(answer.stderr).toMatch(/^hubkeep: .*127\.0\.0\.1:9 did not answer.*\n {2}hint: .*\n( {2}cause: .*\n)+$/);
  expect(answer.stderr).not.toContain(key);
  expect(answer.stderr).not.toMatch(/^\s+at /m);
});

test('help lists the commands there are', async () => {
  const answer = await run({}, ['--help']);
  expect(answer.code).toBe(0);
  for (const command of ['backup', 'list', 'show', 'verify', 'restore'])
    expect(answer.stdout).toContain(`\n  ${command} [options]`);
  expect((await run({}, [])).code).toBe(2);
  expect((await run({}, ['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
