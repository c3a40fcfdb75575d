import { mkdtempSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startFaultyProxy, type FaultyProxy } from '../support/faulty-proxy';
import { startTestStorage, type TestStorage } from '../support/test-stamp';

const main = join(__dirname, '..', '..', 'src', 'cli', 'main.js');

let directory: string;
let storage: TestStorage;
let proxy: FaultyProxy;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'hubkeep-requests-'));
  const share = join(directory, 'share');
  mkdirSync(share);
  for (let i = 0; i < 7; i++) {
    const file = join(share, `${i}.txt`);
    writeFileSync(file, `content ${i}`);
    // Old enough that the second backup need not read it again.
    utimesSync(file, 1_700_000_000, 1_700_000_000);
  }
  storage = await startTestStorage(join(directory, 'azurite'));
  proxy = await startFaultyProxy(storage.port);
});

afterAll(async () => {
  await proxy.close();
  await storage.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Backs the share up. @returns what was asked of the store, without the names of runs. */
async function backUp(): Promise<string[]> {
  const before = proxy.requests.length;
  const { BACKUP_STORAGE_CONNECTION_STRING: connectionString = '' } = storage.settings;
  const env = {
    PATH: process.env['PATH'],
    HOME: directory,
    ...storage.settings,
    BACKUP_STORAGE_CONNECTION_STRING: connectionString.replaceAll(`:${storage.port}/`, `:${proxy.port}/`),
    BACKUP_COMPONENTS: 'fileshare',
    FILE_SHARE_PATH: join(directory, 'share'),
  };
  await promisify(execFile)(process.execPath, [main, 'backup'], { env });
  return proxy.requests.slice(before).map(({ method, url = '' }) => `${method} ${decodeURIComponent(url).replace(/\?.*/, '')}`);
}

test('a first and a second backup of a small share ask the store for little', async () => {
  const first = await backUp();
  expect(first.length).toBeGreaterThan(10);
  expect(first.slice(20)).toEqual([]);
  const second = await backUp();
  expect(second.slice(19)).toEqual([]);
});
