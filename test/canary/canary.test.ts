import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually, openStage, type Ended, type Hubkeep, type Settings, type Stage } from '../e2e/stage';
import { blobsOf } from './blobs-of';
import { canariesIn, heardBelow, heardIn, type Canary } from './canaries';

const wrong = { SQL_PASSWORD: 'canary-wrong-sql-password', AZURE_CLIENT_SECRET: 'canary-wrong-client-secret' };
const hook = 'http://127.0.0.1:9/hook?code=canary-of-the-webhook';

let stage: Stage;
let hubkeep: Hubkeep;
let canaries: readonly Canary[];
let temporary: string;
let said: { readonly args: string; readonly ended: Ended }[];

beforeAll(async () => {
  stage = await openStage({ files: 400 });
  hubkeep = stage.inContainer('canary');
  canaries = allCanaries(stage);
  temporary = stage.path('tmp');
  mkdirSync(temporary);
  said = [];
  await say(['backup', '--reason', 'canary']);
  await say(['backup', '--json']);
  await say(['backup', '--verbose', '--json']);
  await say(['backup', '--verbose'], { SQL_PASSWORD: wrong.SQL_PASSWORD, NOTIFY_WEBHOOK_URL: hook });
  await say(['backup', '--verbose'], { AZURE_CLIENT_SECRET: wrong.AZURE_CLIENT_SECRET });
  await say(['backup', '--verbose', '--json'], { ...wrong, FILE_SHARE_PATH: stage.path('nowhere') });
  await say(['backup', '--verbose'], { BACKUP_STORAGE_CONNECTION_STRING: brokenConnectionString(stage) });
  await say(['backup'], { SQL_ENCRYPT: 'perhaps', SERVE_API_KEY: 'canary short' });
  stage.sandbox.vaultFaults.alterReads(1);
  await say(['backup', '--components', 'secrets', '--verbose']);
  stage.sandbox.vaultFaults.forbid('set', 1);
  await say(['backup', '--components', 'secrets', '--verbose'], { STAMP_NAME: 'another' });
  stage.sandbox.vaultFaults.clear();
  await say(['backup', '--components', 'databases', '--verbose', '--json'], { SQL_BACKUP_MODE: 'url' });
  const there = ['--to-server', stage.sandbox.settings['SQL_SERVERS']!, '--verbose', '--json'];
  await say(['restore', 'latest', ...there, '--as-prefix', 'copy_'], { SQL_BACKUP_MODE: 'url' });
  await say(['restore', 'latest', ...there], { SQL_BACKUP_MODE: 'url', SQL_PASSWORD: wrong.SQL_PASSWORD });
  stage.sandbox.sql.faults.add({
    match: 'BACKUP DATABASE',
    errors: [{ number: 3201, text: 'Operating system error 5(Access is denied.).' }],
  });
  await say(['backup', '--components', 'databases', '--verbose'], { SQL_BACKUP_MODE: 'url' });
  canaries = [...canaries, ...signatures(stage)];
  for (const args of [['list'], ['list', '--json'], ['show', 'latest'], ['show', 'latest', '--json', '--verbose']])
    await say(args);
  for (const format of ['md', 'html', 'json']) {
    await say(['runbook', 'latest', '--format', format, '--verbose']);
    await say(['kit', '--format', format, '--verbose'], { AZURE_TENANT_ID: 'common', NOTIFY_WEBHOOK_URL: hook });
  }
  await say(['kit', '--json'], { BACKUP_STORAGE_CONNECTION_STRING: brokenConnectionString(stage) });
  const dropped = stage.sandbox.settings['SYSTEM_SECRETS_PATH']!;
  await say(['secrets', 'put', dropped, '--verbose', '--json']);
  await say(['secrets', 'put', spoilt(dropped), '--verbose']);
  await say(['secrets', 'status', '--verbose', '--json']);
  await say(['restore', 'latest', '--print-key-vault-command', '--verbose']);
  await say(['restore', 'latest', '--secrets', stage.path('restored-secrets.json'), '--verbose', '--json']);
  await say(['restore', 'latest', '--secrets', stage.path('restored-secrets.json'), '--verbose']);
});

afterAll(() => stage.close());

async function say(args: readonly string[], settings: Settings = {}): Promise<void> {
  said.push({ args: args.join(' '), ended: await hubkeep.run(args, { TMPDIR: temporary, ...settings }) });
}

/** The same, cut off: what makes parsers quote. */
function spoilt(file: string): string {
  const path = stage.path('cut-off.json');
  writeFileSync(path, readFileSync(file, 'utf8').trimEnd().slice(0, -1));
  return path;
}

function allCanaries({ sandbox: { settings } }: Stage): Canary[] {
  const dropped: unknown = JSON.parse(readFileSync(settings['SYSTEM_SECRETS_PATH']!, 'utf8'));
  const setting = (name: string): Canary => ({ name, text: settings[name]! });
  const accountKey = /AccountKey=([^;]+)/.exec(settings['BACKUP_STORAGE_CONNECTION_STRING']!)![1]!;
  return [
    ...canariesIn(dropped, 'SystemSecrets'),
    ...['SQL_PASSWORD', 'AZURE_CLIENT_SECRET', 'SERVE_API_KEY'].map(setting),
    ...Object.entries(wrong).map(([name, text]) => ({ name: `a wrong ${name}`, text })),
    { name: 'the storage account key', text: accountKey },
    { name: 'the key in the webhook URL', text: 'canary-of-the-webhook' },
    { name: 'a refused SERVE_API_KEY', text: 'canary short' },
    { name: 'a wrong storage account key', text: wrongAccountKey },
  ];
}

/** What SQL Server was given to write to storage with, and to read from it. */
function signatures({ sandbox: { sql } }: Stage): Canary[] {
  return sql.credentialSecrets().map((secret, i) => ({
    name: `the signature ${i + 1} of a credential`,
    text: new URLSearchParams(secret).get('sig') ?? '',
  }));
}

const wrongAccountKey = Buffer.from('canary-of-a-wrong-account-key').toString('base64');

function brokenConnectionString({ sandbox: { settings } }: Stage): string {
  return settings['BACKUP_STORAGE_CONNECTION_STRING']!.replace(/AccountKey=[^;]+/, `AccountKey=${wrongAccountKey}`);
}

test('the canaries are alive: many, in the vault and in the file that was dropped, and not in the share', () => {
  expect(canaries.length).toBeGreaterThan(20);
  const secrets = canaries.filter(({ name }) => name.startsWith('SystemSecrets.'));
  for (const { text } of secrets) expect(readFileSync(stage.sandbox.settings['SYSTEM_SECRETS_PATH']!, 'utf8')).toContain(text);
  expect(heardBelow(join(stage.path('sandbox'), 'vault'), { canaries: secrets })).not.toEqual([]);
  expect(heardBelow(stage.sandbox.share, { canaries })).toEqual([]);
});

test('runs went as they should: whole, partial and refused', () => {
  expect(said.slice(0, 8).map(({ ended }) => ended.code)).toEqual([0, 0, 0, 3, 3, 1, 1, 2]);
  expect(said.slice(10, 14).map(({ ended }) => ended.code)).toEqual([0, 0, 1, 3]);
  // Those of two runs, and at least one to restore by: equal when two are made within a second.
  expect(signatures(stage).length).toBeGreaterThanOrEqual(3);
  expect(said.slice(-2).map(({ ended }) => ended.code)).toEqual([0, 1]);
});

test('no secret is on stdout or stderr, whatever was asked for and however it went', () => {
  const heard = said.flatMap(({ args, ended }) =>
    heardIn(Buffer.from(`${ended.stdout}${ended.stderr}`), canaries).map((name) => `hubkeep ${args}: ${name}`),
  );
  expect(heard).toEqual([]);
});

test('no secret is in any blob: packs, index, records, run documents, progress', async () => {
  const heard: string[] = [];
  let blobs = 0;
  for await (const { key, content } of blobsOf(stage)) {
    blobs += 1;
    heard.push(...heardIn(Buffer.concat([Buffer.from(key), content]), canaries).map((name) => `${key}: ${name}`));
  }
  expect(blobs).toBeGreaterThan(40);
  expect(heard).toEqual([]);
});

test('no secret is in any file but those that are there to hold them', () => {
  const sandbox = stage.path('sandbox');
  const keepers = ['vault', 'SystemSecrets.JSON', 'hubkeep.env', 'share'].map((name) => join(sandbox, name));
  expect(heardBelow(sandbox, { canaries, except: keepers })).toEqual([]);
  // Node keeps compiled code there, and that of the storage SDK has Azurite's well-known key in it.
  const compiled = join(temporary, 'node-compile-cache');
  expect(heardBelow(temporary, { canaries, except: [compiled] })).toEqual([]);
});

test('serve tells no secret: in its log, its status page or its answers', async () => {
  const key = stage.sandbox.settings['SERVE_API_KEY']!;
  // Secrets in the environment too, as where Functions runs it: a report would hold them.
  const options = `--report-on-signal --report-directory=${temporary}`;
  const inEnvironment = { SQL_PASSWORD: stage.sandbox.settings['SQL_PASSWORD']!, SERVE_API_KEY: key };
  const serving = hubkeep.start(['serve', '--port', '0', '--verbose'], {
    TMPDIR: temporary,
    NODE_OPTIONS: options,
    ...inEnvironment,
  });
  let output = '';
  serving.child.stdout?.on('data', (text: string) => (output += text));
  const url = await eventually(async () => /https?:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0]);
  const answers: string[] = [];
  const paths = [
    'dashboard',
    'health',
    'openapi.json',
    'backups',
    'recovery-points',
    `recovery-points/${latestOf(said)}`,
    `recovery-points/${latestOf(said)}/runbook`,
    'system-secrets',
    'nowhere',
  ];
  for (const path of paths) {
    for (const address of [`${url}/api/${path}?code=${key}`, `${url}/api/${path}`]) {
      const answer = await fetch(address);
      answers.push(`${JSON.stringify([...answer.headers])}${await answer.text()}`);
    }
  }
  for (const body of [readFileOf('SYSTEM_SECRETS_PATH'), 'canary, but no JSON']) {
    const answer = await fetch(`${url}/api/system-secrets?code=${key}`, { method: 'PUT', body });
    answers.push(`${answer.status} ${JSON.stringify([...answer.headers])}${await answer.text()}`);
  }
  expect(answers.slice(-2).map((answer) => answer.slice(0, 3))).toEqual(['200', '400']);
  serving.child.kill('SIGUSR2');
  const report = await eventually(async () => readdirSync(temporary).find((name) => name.startsWith('report.')));
  const reported = await eventually(async () => wholeJson(join(temporary, report)));
  expect(reported).toContain('"javascriptStack"');
  serving.child.kill('SIGTERM');
  const ended = await serving.ended;
  expect(answers.filter((answer) => answer.includes('canary')).length).toBeGreaterThan(0);
  expect(heardIn(Buffer.from(answers.join('\n')), canaries)).toEqual([]);
  expect(heardIn(Buffer.from(`${ended.stdout}${ended.stderr}`), canaries)).toEqual([]);
  expect(heardIn(Buffer.from(reported), canaries)).toEqual([]);
});

function readFileOf(setting: string): Buffer {
  return readFileSync(stage.sandbox.settings[setting]!);
}

/** A report is written while it can be seen already. */
function wholeJson(path: string): string | undefined {
  const text = readFileSync(path, 'utf8');
  try {
    JSON.parse(text);
    return text;
  } catch {
    return undefined;
  }
}

function latestOf(outputs: typeof said): string {
  const shown = outputs.find(({ args }) => args === 'list --json')!.ended.stdout;
  return (JSON.parse(shown) as { id: string }[]).at(-1)!.id;
}
