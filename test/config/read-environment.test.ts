import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnvironment } from '../../src/config/read-environment';

const names = ['HUBKEEP_TEST_A', 'HUBKEEP_TEST_B', 'AZURE_HUBKEEP_TEST', 'AZURE_HUBKEEP_OTHER'];
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hubkeep-'));
  names.forEach((name) => delete process.env[name]);
});

afterEach(() => {
  names.forEach((name) => delete process.env[name]);
  rmSync(directory, { recursive: true, force: true });
});

function envFile(content: string): string {
  const file = join(directory, 'hubkeep.env');
  writeFileSync(file, content);
  return file;
}

test('a file gives settings, and the environment wins over it unless empty there', () => {
  process.env['HUBKEEP_TEST_A'] = 'from the environment';
  process.env['HUBKEEP_TEST_B'] = '';
  const file = envFile('\uFEFF# comment\r\nHUBKEEP_TEST_A=from the file\r\nHUBKEEP_TEST_B="a=b # c"\r\n');
  expect(readEnvironment({ envFile: file })).toMatchObject({ HUBKEEP_TEST_A: 'from the environment', HUBKEEP_TEST_B: 'a=b # c' });
});

test('only AZURE_* of a file reach process.env, where the identity SDK looks, and never over what is there', () => {
  process.env['AZURE_HUBKEEP_OTHER'] = 'kept';
  readEnvironment({ envFile: envFile('AZURE_HUBKEEP_TEST=1\nAZURE_HUBKEEP_OTHER=2\nHUBKEEP_TEST_A=3\n') });
  expect(process.env).toMatchObject({ AZURE_HUBKEEP_TEST: '1', AZURE_HUBKEEP_OTHER: 'kept' });
  expect(process.env['HUBKEEP_TEST_A']).toBeUndefined();
});

function doubtsOf(content: string): string[] {
  const file = envFile(content);
  const doubts: string[] = [];
  readEnvironment({ envFile: file, warn: (doubt) => doubts.push(doubt.replace(file, 'FILE')) });
  return doubts;
}

test('lines of a file that have no effect are told, with the setting that was meant', () => {
  expect(doubtsOf('NOTIFY_WEBHOK_URL=https://x\nSQL_DATABASE=a\n\nSTAMP_NAME\nCOLOUR=blue\nsql_user=me\n')).toEqual([
    'NOTIFY_WEBHOK_URL in FILE is not a setting of Hubkeep; did you mean NOTIFY_WEBHOOK_URL?',
    'SQL_DATABASE in FILE is not a setting of Hubkeep; did you mean SQL_DATABASES?',
    'line 4 of FILE has no = and is not read',
    'COLOUR in FILE is not a setting of Hubkeep',
    'sql_user in FILE is not a setting of Hubkeep; did you mean SQL_USER?',
  ]);
});

test('settings of Hubkeep, its hosts and Node.js raise no doubt', () => {
  const names = ['STAMP_NAME', 'AZURE_CLIENT_ID', 'NODE_EXTRA_CA_CERTS', 'https_proxy', 'NO_PROXY', 'AzureWebJobsStorage'];
  expect(doubtsOf(`# comment\n${names.map((name) => `${name}=x`).join('\n')}\nexport SQL_USER = me\n`)).toEqual([]);
});

test('no doubt holds a value, not even one that is broken over lines', () => {
  expect(doubtsOf('SQL_PASSWORD="first\nsecond=2\nthird"\n')).toEqual([]);
  expect(doubtsOf('SQL_PASSWORD=first\nc2VjcmV0LXBhcnQ==\n')).toEqual(['line 2 in FILE is not a setting of Hubkeep']);
});

test('a value that its own # cuts off is told by its setting, and a comment is none', () => {
  expect(doubtsOf('SQL_PASSWORD=top#secret\nSQL_USER="a#b"\nSTAMP_NAME=east # ours\nFILE_SHARE_EXCLUDE=[x#y #z\n')).toEqual([
    'line 1 of FILE: the value of SQL_PASSWORD ends before its #; put it in quotes',
    'line 4 of FILE: the value of FILE_SHARE_EXCLUDE ends before its #; put it in quotes',
  ]);
});

test('a missing file is config.invalid and names the file', () => {
  const file = join(directory, 'none.env');
  const failure = expect.objectContaining({ code: 'config.invalid', message: expect.stringContaining(file) });
  expect(() => readEnvironment({ envFile: file })).toThrow(failure);
});
