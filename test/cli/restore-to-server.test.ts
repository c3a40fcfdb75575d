import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { startSqlServer, type RunningSqlServer } from '../../sandbox/sql-server/start-sql-server';
import { openStage, type Answer, type Stage } from './stage';

const password = 'canary-of-SQL_PASSWORD';
const mib = 1024 * 1024;
const hosting = { name: 'hosting', size: 2 * mib, tables: { 'dbo.Sites': 42 } } as const;
const metering = { name: 'metering', size: mib, tables: { 'dbo.Usage': 7 } } as const;

let stage: Stage;
let source: RunningSqlServer;
let target: RunningSqlServer;
let staging: string;
let settings: Record<string, string>;
/** Those of the day of a restore: the servers of the stamp are gone. */
let login: Record<string, string>;

beforeAll(async () => {
  stage = await openStage();
  staging = join(stage.work, 'staging');
  mkdirSync(staging);
  source = await start({ name: 'SOURCE', databases: [hosting, metering] });
  login = { SQL_USER: 'sa', SQL_PASSWORD: password, SQL_ENCRYPT: 'false', SQL_BACKUP_DIRECTORY: staging };
  settings = {
    ...login,
    ...{ BACKUP_COMPONENTS: 'databases', SQL_SERVERS: `127.0.0.1:${source.port}`, SQL_DATABASES: 'hosting,metering,master' },
  };
  expect((await stage.hubkeepWith(settings, 'backup')).code).toBe(0);
});
afterAll(async () => {
  await source.close();
  await stage.close();
});
beforeEach(async () => {
  target = await start({ name: 'TARGET' });
});
afterEach(() => target.close());

function start(options: object): Promise<RunningSqlServer> {
  return startSqlServer({ directory: staging, logins: [{ name: 'sa', password }], ...options });
}

async function restore(...args: string[]): Promise<Answer> {
  const answer = await stage.hubkeepWith(login, 'restore', 'latest', '--to-server', `127.0.0.1,${target.port}`, ...args);
  expect(answer.stdout + answer.stderr).not.toContain(password);
  return answer;
}

const namesOn = (server: RunningSqlServer) =>
  server.databases.list().flatMap(({ name }) => (['master', 'tempdb', 'model', 'msdb'].includes(name) ? [] : [name]));

test('the databases of a point are restored onto another server, and master is said to be left out', async () => {
  const { code, stdout } = await restore();
  expect(code).toBe(0);
  expect(namesOn(target)).toEqual(['hosting', 'metering']);
  expect(target.databases.find('hosting')?.tables).toEqual(hosting.tables);
  expect(stdout).toMatch(/not restored: master of 127\.0\.0\.1:\d+: it belongs to the server/);
  expect(stdout).toMatch(/2 of 2 databases restored onto 127\.0\.0\.1,\d+/);
  expect(readdirSync(staging)).toEqual([]);
});

test('a dry run looks and changes nothing, and --json tells what it would do', async () => {
  const { code, json } = await restore('--dry-run', '--json', '--as-prefix', 'copy_');
  expect(code).toBe(0);
  expect(json()).toMatchObject({
    dryRun: true,
    databases: [{ database: 'hosting', target: 'copy_hosting', road: 'disk' }, { target: 'copy_metering' }],
    notRestored: [{ database: 'master' }],
  });
  expect(namesOn(target)).toEqual([]);
  expect((await restore('--dry-run')).stdout).toContain('nothing was changed');
});

test('some of the databases, under other names', async () => {
  const { code, json } = await restore('--database', 'HOSTING', '--as-prefix', 'copy_', '--json');
  expect(code).toBe(0);
  expect(json()).toMatchObject({
    databases: [{ status: 'restored', database: 'hosting', target: 'copy_hosting', seconds: { restoring: expect.any(Number) } }],
    notRestored: [],
  });
  expect(namesOn(target)).toEqual(['copy_hosting']);
});

test('what is there is only replaced when told to', async () => {
  target.databases.add({ name: 'metering', tables: { 'dbo.Own': 1 } });
  const refused = await restore();
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('has a database metering already')]);
  expect(namesOn(target)).toEqual(['metering']);
  expect((await restore('--replace')).code).toBe(0);
  expect(target.databases.find('metering')?.tables).toEqual(metering.tables);
});

test('one that fails does not stop the others; exit codes tell some from none', async () => {
  const fault = (match: RegExp, times: number) => ({ match, times, errors: [{ number: 3257, text: 'insufficient free space' }] });
  target.faults.add(fault(/^RESTORE DATABASE \[hosting\]/, 1));
  const some = await restore('--json');
  expect(some.code).toBe(3);
  expect(some.json().databases).toMatchObject([
    {
      target: 'hosting',
      status: 'failed',
      problem: { code: 'sql.restore-failed', hint: expect.stringContaining('too little room') },
    },
    { target: 'metering', status: 'restored' },
  ]);
  target.faults.add(fault(/^RESTORE DATABASE/, 2));
  expect((await restore('--replace')).code).toBe(1);
  expect(readdirSync(staging)).toEqual([]);
});

test('Ctrl-C stops the restore on the server, takes the files away and says what is left', async () => {
  target.faults.add({ match: /^RESTORE DATABASE/, atPercent: 40, stall: true });
  const main = require.resolve('../../src/cli/main');
  const args = [
    'restore',
    'latest',
    '--to-server',
    `127.0.0.1:${target.port}`,
    '--json',
    '--env-file',
    join(stage.work, 'hubkeep.env'),
  ];
  const child = spawn(process.execPath, ['--', main, ...args], { env: login, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  const ended = once(child, 'close');
  while (target.databases.find('hosting')?.state !== 'RESTORING') await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill('SIGINT');
  expect(await ended).toEqual([1, null]);
  expect(JSON.parse(stdout)).toMatchObject({
    databases: [
      { target: 'hosting', problem: { code: 'run.cancelled', message: expect.stringContaining('left RESTORING') } },
      { target: 'metering', problem: { code: 'run.cancelled' } },
    ],
  });
  expect(readdirSync(staging)).toEqual([]);
});

test.each([
  [['--database', 'master'], 2, /master is never restored/],
  [['--database', 'nothing'], 2, /no backup of a database nothing/],
  [['--source-server', 'elsewhere'], 1, /no database that could be restored/],
  [['--fileshare', 'x'], 2, /--to-server stands alone/],
])('%j is refused', async (args, code, message) => {
  const answer = await restore(...args);
  expect([answer.code, answer.stderr]).toEqual([code, expect.stringMatching(message)]);
  expect(namesOn(target)).toEqual([]);
});

test('options of the server without one, and a server without a login', async () => {
  expect((await stage.hubkeepWith(login, 'restore', 'latest', '--replace')).stderr).toContain('need --to-server');
  const answer = await stage.hubkeep('restore', 'latest', '--to-server', 'x');
  expect([answer.code, answer.stderr]).toEqual([2, expect.stringContaining('SQL_USER')]);
});
