import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStage, type Stage } from './stage';
import { differences } from './trees';

const page = readFileSync(join(__dirname, '../../../docs/deploy.md'), 'utf8');
const commands = [...page.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, text = '']) => text);

let stage: Stage;
/** Where the operator of the page stands: beside the settings file and the file from the portal. */
let here: string;
let fromPortal: string;

beforeAll(async () => {
  stage = await openStage({ files: 150 });
  here = stage.path('settings');
  mkdirSync(join(here, 'bin'), { recursive: true });
  const cli = join(__dirname, '../../src/cli/main.js');
  const text = `#!/bin/sh\nBACKUP_CONTAINER="\${BACKUP_CONTAINER:-deployed}" SYSTEM_SECRETS_PATH= exec '${process.execPath}' -- '${cli}' "$@"\n`;
  writeFileSync(join(here, 'bin/hubkeep'), text, { mode: 0o755 });
  symlinkSync(process.execPath, join(here, 'bin/node'));
  const settings = readFileSync(stage.sandbox.envFile, 'utf8');
  // On the page the file is handed over by a command, not left where a run takes it.
  writeFileSync(join(here, 'hubkeep.env'), settings.replace(/^SYSTEM_SECRETS_PATH=.*\n/m, ''), { mode: 0o600 });
  fromPortal = /^SYSTEM_SECRETS_PATH=(.*)$/m.exec(settings)?.[1] ?? '';
  copyFileSync(fromPortal, join(here, 'SystemSecrets.JSON'));
});
afterAll(() => stage.close());

/** Not spawnSync: what is started talks to servers of this process. */
async function runInShell(text: string, settings: Record<string, string> = {}) {
  const env = { PATH: `${join(here, 'bin')}:${process.env['PATH']}`, HOME: process.env['HOME'], ...settings };
  const child = spawn('bash', ['-e', '-o', 'pipefail', '-c', text], { cwd: here, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { status, output };
}

test('the steps of the page, one after the other, end with a night that is proven and can be restored', async () => {
  const secrets = readFileSync(join(here, 'SystemSecrets.JSON'));
  expect(commands.length).toBeGreaterThan(8);
  const said: string[] = [];
  for (const command of commands) {
    const { status, output } = await runInShell(command);
    expect({ command, status, output: status === 0 ? '' : output }).toEqual({ command, status: 0, output: '' });
    said.push(output);
  }
  const all = said.join('\n');
  for (const words of [
    'container does not exist',
    'complete: recovery point',
    'first backup',
    'appservice_metering',
    'nothing wrong: 1 recovery point',
    'succeeded: drill',
  ])
    expect(all).toContain(words);
  expect(existsSync(join(here, 'SystemSecrets.JSON'))).toBe(false);
  expect(readFileSync(join(here, 'back/secrets/SystemSecrets.JSON'))).toEqual(secrets);
  expect(differences(stage.sandbox.share, join(here, 'back/share'))).toBe('');
  for (const sheet of ['hubkeep.sql', 'kit.html', 'runbook.html']) expect(existsSync(join(here, sheet))).toBe(true);
});

describe('the alarm of the page', () => {
  const alarm = commands.find((command) => command.includes('--json')) ?? '';

  test('sounds where there is no new point', async () => {
    expect((await runInShell(`hubkeep() { echo '[]'; }; ${alarm}`)).status).toBe(1);
    const components = ['databases', 'fileshare', 'secrets'];
    const old = JSON.stringify([{ outcome: 'complete', components, startedAt: '2026-01-01T02:00:00.000Z' }]);
    expect((await runInShell(`hubkeep() { echo '${old}'; }; ${alarm}`)).status).toBe(1);
  });

  test('sounds where the new point has the secrets alone', async () => {
    const backup = `hubkeep secrets put '${fromPortal}' --env-file hubkeep.env && hubkeep backup --components secrets --env-file hubkeep.env`;
    const settings = { BACKUP_CONTAINER: 'secrets-only' };
    const { status, output } = await runInShell(backup, settings);
    expect({ status, output }).toEqual({ status: 0, output: expect.stringContaining('complete: recovery point') });
    expect(await runInShell(alarm, settings)).toEqual({ status: 1, output: expect.stringMatching(/ complete .* secrets\n$/) });
  });
});
