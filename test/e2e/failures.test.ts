import { rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { openStage, type Settings, type Stage } from './stage';

let stage: Stage;
/** A port on which nothing listens. */
let closedPort: number;

beforeAll(async () => {
  [stage, closedPort] = await Promise.all([openStage({ files: 400 }), findClosedPort()]);
});

afterAll(() => stage.close());

/** Lines of the output that speak of a failure. */
const linesWith = (text: string, part: string) => text.split('\n').filter((line) => line.includes(part));

interface PartialCase {
  readonly name: string;
  readonly settings: () => Settings;
  readonly failed: 'databases' | 'fileshare' | 'secrets';
  readonly codes: readonly string[];
  /** Settings that the problem and its hint name. */
  readonly names: readonly string[];
}

const partial: readonly PartialCase[] = [
  {
    name: 'a wrong SQL password',
    settings: () => ({ SQL_PASSWORD: 'not-this-one' }),
    failed: 'databases',
    codes: ['sql.login-failed'],
    names: ['SQL_PASSWORD'],
  },
  {
    name: 'a silent SQL Server',
    settings: () => ({ SQL_SERVERS: `localhost:${closedPort}` }),
    failed: 'databases',
    codes: ['sql.unreachable'],
    names: ['SQL_SERVERS'],
  },
  {
    name: 'a share that is not there',
    settings: () => ({ FILE_SHARE_PATH: stage.path('nowhere') }),
    failed: 'fileshare',
    codes: ['share.not-found'],
    names: ['FILE_SHARE_PATH'],
  },
  {
    name: 'a vault that is not there',
    settings: () => ({ KEY_VAULT_URL: `https://localhost:${closedPort}` }),
    failed: 'secrets',
    codes: ['vault.unreachable'],
    names: ['KEY_VAULT_URL'],
  },
  {
    name: 'a wrong client secret',
    settings: () => ({ AZURE_CLIENT_SECRET: 'not-this-one-either' }),
    failed: 'secrets',
    codes: ['identity.rejected'],
    names: ['AZURE_CLIENT_SECRET'],
  },
];

test.each(partial)(
  '$name costs the point one component, and the reason names what to set',
  async ({ name, settings, failed, codes, names }) => {
    const hubkeep = stage.inContainer(`partial-${partial.findIndex((other) => other.name === name)}`);
    const { code, document, stderr } = await hubkeep.json(['backup'], settings());
    expect(stderr).not.toMatch(/ {4}at .*\.js:\d+/);
    expect({ code, status: document.status }).toEqual({ code: 3, status: 'partial' });
    expect(document.problems.length).toBeGreaterThan(0);
    for (const problem of document.problems) {
      expect(problem.component).toBe(failed);
      expect(codes).toContain(problem.code);
      expect(problem.message).not.toContain('\n');
      for (const setting of names) expect(`${problem.message} ${problem.hint}`).toContain(setting);
    }
    const { document: point } = await hubkeep.json(['show', 'latest']);
    const statuses = Object.fromEntries(
      ['databases', 'fileshare', 'secrets'].map((component) => [component, point[component].status]),
    );
    expect(statuses).toEqual({ databases: 'succeeded', fileshare: 'succeeded', secrets: 'succeeded', [failed]: 'failed' });
  },
);

test('one database of three that fails costs the point that database alone', async () => {
  const hubkeep = stage.inContainer('one-database');
  const { code, document } = await hubkeep.json(['backup'], { SQL_DATABASES: 'appservice_hosting,not_there,master' });
  expect({ code, status: document.status }).toEqual({ code: 3, status: 'partial' });
  expect(document.problems).toMatchObject([{ component: 'databases', code: 'sql.database-missing' }]);
  const { databases } = (await hubkeep.json(['show', 'latest'])).document;
  expect(databases.items.map(({ status }: { status: string }) => status)).toEqual(['succeeded', 'failed', 'succeeded']);
});

test('secrets that were never stored make a partial point that says so', async () => {
  const stampless = { STAMP_NAME: 'another-stamp', SYSTEM_SECRETS_PATH: stage.path('no-drop-file.json') };
  const { code, document } = await stage.inContainer('never-stored').json(['backup'], stampless);
  expect({ code, problems: document.problems }).toMatchObject({
    code: 3,
    problems: [{ component: 'secrets', code: 'secrets.never-stored' }],
  });
});

test('when everything fails there is no point, and the run is on record as failed', async () => {
  const hubkeep = stage.inContainer('everything-fails');
  const settings = { SQL_PASSWORD: 'wrong', FILE_SHARE_PATH: stage.path('nowhere'), AZURE_CLIENT_SECRET: 'wrong' };
  const { code, document } = await hubkeep.json(['backup'], settings);
  expect({ code, status: document.status, recoveryPoint: document.recoveryPoint }).toEqual({
    code: 1,
    status: 'failed',
    recoveryPoint: null,
  });
  expect((await hubkeep.json(['list'])).document).toEqual([]);
});

test.each([
  ['SQL_ENCRYPT', 'perhaps'],
  ['BACKUP_CONTAINER', 'Not A Container'],
  ['KEY_VAULT_URL', 'http://vault.example'],
  ['BACKUP_COMPONENTS', 'databases,everything'],
])('a bad %s is refused before anything is done', async (setting, value) => {
  const { code, stdout, stderr } = await stage.inContainer('bad-setting').run(['backup'], { [setting]: value });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(linesWith(stderr, setting)).toHaveLength(1);
});

test('every bad setting is reported at once, each on a line of its own', async () => {
  const settings = { SQL_ENCRYPT: 'perhaps', FILE_SHARE_PATH: 'not/absolute' };
  const { code, stderr } = await stage.inContainer('bad-setting').run(['backup'], settings);
  expect(code).toBe(2);
  for (const setting of Object.keys(settings)) expect(linesWith(stderr, setting)).toHaveLength(1);
});

test('a settings file that is not there is refused', async () => {
  const { code, stderr } = await stage.inContainer('bad-setting').run(['backup', '--env-file', stage.path('no.env')]);
  expect(code).toBe(2);
  expect(stderr).toContain(stage.path('no.env'));
});

test('an authority file without certificates is refused by name', async () => {
  const file = stage.path('empty.pem');
  writeFileSync(file, 'nothing here');
  const { code, stderr } = await stage.inContainer('bad-setting').run(['backup'], { EXTRA_CA_FILE: file });
  expect(code).toBe(2);
  expect(linesWith(stderr, 'EXTRA_CA_FILE')).toHaveLength(1);
  rmSync(file);
});

test('a store that cannot be reached fails at once, naming its setting and no key', async () => {
  const connectionString = stage.sandbox.settings['BACKUP_STORAGE_CONNECTION_STRING']!.replace(
    /127\.0\.0\.1:\d+/,
    `127.0.0.1:${closedPort}`,
  );
  const { code, stderr } = await stage
    .inContainer('no-store')
    .run(['backup'], { BACKUP_STORAGE_CONNECTION_STRING: connectionString });
  expect(code).toBe(1);
  expect(stderr).toContain('BACKUP_STORAGE');
  expect(stderr).not.toContain('AccountKey');
  expect(stderr).not.toMatch(/ {4}at .*\.js:\d+/);
});

async function findClosedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
