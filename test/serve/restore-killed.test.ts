import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openAzureStage, type AzureStage } from '../support/azure-stage';

const main = join(__dirname, '../../src/cli/main.js');
const apiKey = 'a-key-of-sixteen-or-more';
const headers = { 'x-functions-key': apiKey };

let stage: AzureStage;
let restored: string;
let running: ChildProcess | undefined;
beforeAll(async () => {
  stage = await openAzureStage();
  restored = mkdtempSync(join(tmpdir(), 'hubkeep-served-'));
  for (let i = 0; i < 900; i++) {
    const place = join(stage.share, `big${i % 3}`, `file${i}.bin`);
    mkdirSync(join(place, '..'), { recursive: true });
    writeFileSync(place, randomBytes(4_000));
    utimesSync(place, 0, 1_500_000_000 + i);
  }
});
afterAll(async () => {
  running?.kill('SIGKILL');
  rmSync(restored, { recursive: true });
  await stage.close();
});

/** A server that restores slowly. */
async function serve(): Promise<{ child: ChildProcess; url: string }> {
  const slowly = { FILE_SHARE_MAX_MBPS: '1', FILE_SHARE_WIDTH: '2' };
  const env = { ...stage.settings('served'), ...slowly, RESTORE_DIRECTORY: restored, SERVE_API_KEY: apiKey };
  const child = spawn(process.execPath, [main, 'serve', '--port', '0'], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  running = child;
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, url: /listening on (\S+);/.exec(line.toString())?.[1] ?? '' };
}

async function call(url: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  return (await (await fetch(`${url}/api/${path}`, { ...init, headers })).json()) as Record<string, unknown>;
}

async function ended(url: string, path: string): Promise<Record<string, unknown>> {
  for (;;) {
    const found = await call(url, path);
    if (found['status'] !== 'running') return found;
    await delay(50);
  }
}

test('a restore whose server is killed again and again goes on when it is asked for again, and ends equal to the source', async () => {
  const target = join(restored, 'web');
  const filesThere = () =>
    existsSync(target)
      ? readdirSync(target, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.bin')).length
      : 0;
  const asked = { recoveryPoint: 'latest', directory: 'web' };
  const first = await serve();
  const { runId: point } = await call(first.url, 'backups', {});
  expect(await ended(first.url, `backups/${String(point)}`)).toMatchObject({ status: 'complete' });

  const killed: unknown[] = [];
  let { child, url } = first;
  for (const enough of [1, 250, 500]) {
    killed.push((await call(url, 'restores', asked))['runId']);
    while (filesThere() < enough) await delay(5);
    child.kill('SIGKILL');
    await once(child, 'exit');
    ({ child, url } = await serve());
  }
  expect(filesThere()).toBeLessThan(900);
  const { runId } = await call(url, 'restores', asked);
  const last = await ended(url, `restores/${String(runId)}`);
  expect(last).toMatchObject({ status: 'complete', problems: [], restored: { notRestored: { count: 0 } } });
  for (const id of killed) expect(await call(url, `restores/${String(id)}`)).toMatchObject({ status: 'failed' });
  execFileSync('diff', ['-r', '--no-dereference', stage.share, target]);
});
