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

test('a missing file is config.invalid and names the file', () => {
  const file = join(directory, 'none.env');
  const failure = expect.objectContaining({ code: 'config.invalid', message: expect.stringContaining(file) });
  expect(() => readEnvironment({ envFile: file })).toThrow(failure);
});
