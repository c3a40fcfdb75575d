import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConnectionPool } from 'mssql';
import { startSqlServer, type RunningSqlServer } from '../../sandbox/sql-server/start-sql-server';
import { runbookSchema, type Runbook, type RunbookCommand, type RunbookItem } from '../../src/contracts/runbook';
import { backupDirectory } from '../../src/recovery/runbook/tools';
import { commandsIn } from '../recovery/runbook-stage';
import { keysIn, openStage, type Hubkeep, type Stage } from './stage';
import { differences } from './trees';

let stage: Stage;
let hubkeep: Hubkeep;
let runbook: Runbook;

/** Somebody who has the stored runbook only, a Hubkeep with settings, and the container as `az` would fetch it. */
beforeAll(async () => {
  stage = await openStage({ files: 150 });
  hubkeep = stage.inContainer('runbook');
  const id = (await hubkeep.json(['backup'])).document.recoveryPoint;
  const stored = (await hubkeep.store.read(`recovery-points/${id}/runbook.json`)).content.toString();
  runbook = runbookSchema.parse(JSON.parse(stored));
  for (const key of await keysIn(hubkeep.store)) {
    const file = join(stage.path('without/store'), key);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, (await hubkeep.store.read(key)).content);
  }
  mkdirSync(stage.path('with'));
  writeFileSync(stage.path('bin-hubkeep'), wrapper(), { mode: 0o755 });
  mkdirSync(stage.path('bin'));
  cpSync(stage.path('bin-hubkeep'), stage.path('bin/hubkeep'));
});
afterAll(() => stage.close());

function wrapper(): string {
  const cli = join(__dirname, '../../src/cli/main.js');
  return `#!/bin/sh\nBACKUP_CONTAINER=runbook exec '${process.execPath}' -- '${cli}' "$@" --env-file '${stage.sandbox.envFile}'\n`;
}

type Way = 'with-hubkeep' | 'without-hubkeep' | undefined;

/** The items of the document in its order, each with the way its step is of. */
function itemsBy(way: Way): RunbookItem[] {
  return runbook.sections.flatMap(({ steps }) => steps.filter((step) => step.way === way).flatMap(({ items }) => items));
}

function runInBash({ text }: RunbookCommand, directory: string) {
  const env = { PATH: `${stage.path('bin')}:${process.env['PATH']}`, HOME: process.env['HOME'] };
  // Not spawnSync: what is started talks to servers of this process.
  return run('bash', ['-ec', text], { cwd: stage.path(directory), env });
}

async function run(program: string, args: string[], options: { cwd: string; env: NodeJS.ProcessEnv }) {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { status, output };
}

const installed = (program: string) => program === 'hubkeep' || spawnSync(program, ['--version']).error === undefined;
const runnable = ({ shell, needs }: RunbookCommand) =>
  shell === 'bash' && needs.every((program) => program !== 'az' && program !== 'azcopy');

test('every command with Hubkeep runs, and gives all of the point back', async () => {
  const commands = itemsBy('with-hubkeep').filter((item) => item.type === 'command');
  expect(commands.map(({ id }) => id)).toEqual(['verify-deep', 'restore-databases', 'restore-fileshare', 'restore-secrets']);
  for (const command of commands) expect(await runInBash(command, 'with')).toMatchObject({ status: 0 });
  expect(differences(stage.sandbox.share, stage.path('with/restored/fileshare'))).toBe('');
  expect(readFileSync(stage.path('with/secrets/SystemSecrets.JSON'))).toEqual(
    readFileSync(stage.sandbox.settings['SYSTEM_SECRETS_PATH']!),
  );
});

const programs = ['zstd', 'python3', 'sha256sum'];
(programs.every(installed) ? test : test.skip)(
  'every command without Hubkeep that needs no Azure runs, and ends with the same files',
  async () => {
    const ran: string[] = [];
    for (const item of itemsBy('without-hubkeep')) {
      if (item.type === 'file') writeFileSync(stage.path(`without/${item.name}`), item.text);
      if (item.type !== 'command' || !runnable(item)) continue;
      ran.push(item.id);
      expect(await runInBash(item, 'without')).toMatchObject({ status: 0 });
    }
    expect(ran).toEqual(['check-record', 'check-backups', 'name-backups', 'restore-share']);
    expect(differences(stage.path('with/restored'), stage.path('without/restored'))).toBe('');
  },
);

describe('on another SQL Server', () => {
  const login = { name: 'sa', password: 'P@ss;w"ö{r}d 1' };
  let server: RunningSqlServer;
  let pool: ConnectionPool;
  beforeAll(async () => {
    server = await startSqlServer({
      directory: stage.path('other-sql'),
      logins: [login],
      mounts: { [backupDirectory]: stage.path('with/restored/databases') },
    });
    pool = await new ConnectionPool({
      ...{ server: '127.0.0.1', port: server.port, user: login.name, password: login.password, pool: { max: 1 } },
      options: { encrypt: false, trustServerCertificate: true },
    }).connect();
  });
  afterAll(async () => {
    await pool?.close();
    await server?.close();
  });

  const statement = (id: string) => commandsIn(runbook).find((command) => command.id === id)!.text;

  test('every backup is looked at, restored and found sound by the statements as they stand', async () => {
    for (const number of [1, 2]) {
      await pool.request().batch(statement(`check-${number}`));
      await pool.request().batch(statement(`restore-${number}`));
      await pool.request().batch(statement(`look-${number}`));
    }
    await pool.request().batch(statement('check-master-1'));
    await pool.request().batch(statement('master-1'));
    const { recordset } = await pool.request().query<{ name: string }>('SELECT name FROM sys.databases ORDER BY name');
    expect(recordset.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['appservice_hosting', 'appservice_metering', 'master-1-from-hubkeep']),
    );
  });
});

test('what cannot be run here is for the Azure CLI, for PowerShell, or for a server to be set up', () => {
  const left = commandsIn(runbook).filter(
    (command) => !runnable(command) && !/^(check|restore|look|master)-(master-)?\d$/.test(command.id),
  );
  expect(left.filter(({ shell }) => shell === 'bash').map(({ id }) => id)).toEqual([
    'fetch-with-az',
    'fetch-with-azcopy',
    'fetch-secrets',
  ]);
  expect(left.filter(({ shell }) => shell === 'tsql').map(({ id }) => id)).toEqual(['look-at-server', 'allow-contained']);
  expect(new Set(left.filter(({ shell }) => shell === 'powershell').map(({ where }) => where))).toEqual(
    new Set(['sql-server', 'file-server', 'controller']),
  );
});
