import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { openAzureStage, type AzureStage } from '../support/azure-stage';

const main = join(__dirname, '../../src/cli/main.js');
const apiKey = 'a-key-of-sixteen-or-more';

let stage: AzureStage;
let running: ChildProcess | undefined;
beforeAll(async () => {
  stage = await openAzureStage();
});
afterEach(() => {
  running?.kill('SIGKILL');
});
afterAll(() => stage.close());

function hubkeep(args: readonly string[], settings: Record<string, string> = {}) {
  const env = { ...process.env, ...stage.settings('serve-command'), ...settings };
  const child = spawn(process.execPath, [main, 'serve', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  running = child;
  return child;
}

async function refusalOf(args: readonly string[], settings: Record<string, string> = {}) {
  const child = hubkeep(args, settings);
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  return { code: code as number, said };
}

async function urlOf(child: ReturnType<typeof hubkeep>): Promise<string> {
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return /listening on (\S+);/.exec(line.toString())?.[1] ?? '';
}

test('without a key it does not start, and names the setting', async () => {
  expect(await refusalOf([])).toMatchObject({ code: 2, said: expect.stringContaining('SERVE_API_KEY is not set') as string });
});

test('on an address that others can reach it needs a certificate', async () => {
  const refusal = await refusalOf(['--host', '0.0.0.0'], { SERVE_API_KEY: apiKey });
  expect(refusal).toMatchObject({
    code: 2,
    said: expect.stringContaining('SERVE_TLS_CERT and SERVE_TLS_KEY are not set') as string,
  });
});

test('a run that is under way when it is stopped is cancelled, says so, and gives its lock back', async () => {
  const child = hubkeep(['--port', '0'], { SERVE_API_KEY: apiKey });
  const url = await urlOf(child);
  const headers = { 'x-functions-key': apiKey };
  const { runId } = (await (await fetch(`${url}/api/backups`, { method: 'POST', headers })).json()) as { runId: string };
  child.kill('SIGTERM');
  await once(child, 'exit');
  expect(child.exitCode).toBe(0);

  const next = hubkeep(['--port', '0'], { SERVE_API_KEY: apiKey });
  const again = await urlOf(next);
  expect(await (await fetch(`${again}/api/backups/${runId}`, { headers })).json()).toMatchObject({ status: 'cancelled' });
  expect((await fetch(`${again}/api/backups`, { method: 'POST', headers })).status).toBe(202);
});
