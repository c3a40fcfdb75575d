import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { unzipSync } from 'fflate';
import { loadApp } from '../../../bench/harness/load-app';
import { startSandbox, type Sandbox } from '../../../sandbox/start-sandbox';
import { createLocalFiles } from '../../../src/adapters/local-files/local-files';
import { startShareThread } from '../../../src/fileshare/aside/start-share-thread';
import { differences } from '../trees';
import { openRegisteredApp, type RegisteredApp } from '../../support/registered-app';
import { makePackages } from './packaged';

jest.setTimeout(240_000);

let directory: string;
let main: string;
let sandbox: Sandbox;
let settings: Record<string, string>;
let app: RegisteredApp | undefined;
const before = process.env;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'hubkeep-functions-'));
  const packaged = makePackages();
  unzip(readFileSync(join(packaged.directory, 'hubkeep-functions.zip')), join(directory, 'app'));
  packaged.close();
  main = join(directory, 'app', 'main.js');
  sandbox = await startSandbox({ directory: join(directory, 'sandbox'), files: 300 });
  settings = { ...sandbox.settings, RESTORE_DIRECTORY: join(directory, 'restored') };
  mkdirSync(join(directory, 'restored'));
  // The SDKs that sign in read their surroundings when they are first asked to.
  process.env = { ...before, ...settings };
});
afterEach(async () => {
  await app?.close();
  app = undefined;
});
afterAll(async () => {
  process.env = before;
  await sandbox.close();
  rmSync(directory, { recursive: true });
});

test('the packaged app registers what the compiled one does', async () => {
  const told = async (entry?: string) => {
    app = await openRegisteredApp(settings, entry === undefined ? {} : { main: entry });
    const functions = [...app.functions.values()].map(({ metadata }) => metadata);
    await app.close();
    app = undefined;
    return JSON.parse(JSON.stringify(functions)) as unknown[];
  };
  const packaged = await told(main);
  expect(packaged.length).toBeGreaterThan(40);
  expect(packaged).toEqual(await told());
});

test('a process that stands for the worker loads it, and no SDK that is for later', async () => {
  const { functions, files } = await loadApp(main, { env: settings });
  expect(functions).toContain('timer-nightly-backup');
  expect(files).toEqual([main]);
});

test('it makes a whole recovery point, and restores the share from it', async () => {
  const opened = (app = await openRegisteredApp(settings, { main }));
  const post = async (path: string, body: object) => {
    const answer = await opened.invokeHttp({ method: 'POST', path, body });
    return answer.json() as { runId: string };
  };
  const { runId } = await post('/api/backups', { reason: 'packaged' });
  expect(await opened.waitFor(runId)).toMatchObject({ runtimeStatus: 'Completed', output: { status: 'complete' } });
  const point = (await opened.invokeHttp({ method: 'GET', path: `/api/recovery-points/${runId}` })).json();
  expect(point).toMatchObject({ outcome: 'complete', components: ['databases', 'fileshare', 'secrets'] });

  const restore = await post('/api/restores', { recoveryPoint: 'latest' });
  expect(await opened.waitFor(restore.runId)).toMatchObject({ output: { status: 'complete' } });
  expect(differences(sandbox.share, join(directory, 'restored', runId))).toBe('');
});

test('its thread that reads small files reads them', async () => {
  // A thread that cannot be started is done without, at a price that no other test would notice.
  const share = join(directory, 'small');
  mkdirSync(share);
  writeFileSync(join(share, 'small.txt'), 'read by the thread of the package');
  const [seen] = await createLocalFiles(share).list('');
  const script = join(dirname(main), 'share-worker.js');
  const thread = startShareThread((workerData) => new Worker(script, { workerData }), share);
  try {
    const taken: (string | undefined)[] = [];
    await thread.read([{ id: 0, path: 'small.txt', seen: seen! }], (_i, file) => taken.push(file?.content.toString()));
    expect(taken).toEqual(['read by the thread of the package']);
  } finally {
    await thread.close();
  }
});

function unzip(zip: Buffer, to: string): void {
  for (const [file, content] of Object.entries(unzipSync(zip))) {
    mkdirSync(dirname(join(to, file)), { recursive: true });
    writeFileSync(join(to, file), content);
  }
}
