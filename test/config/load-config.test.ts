import { loadConfig } from '../../src/config/load-config';
import { settingNames, settings } from '../../src/config/schema';

const storage = { BACKUP_STORAGE_CONNECTION_STRING: 'UseDevelopmentStorage=true' };
const whole = {
  ...storage,
  SQL_SERVERS: 'sql1, sql2:1433 ,sql1',
  SQL_USER: 'backup',
  SQL_PASSWORD: 'a-password',
  SQL_BACKUP_DIRECTORY: 'D:\\Backups',
  FILE_SHARE_PATH: '\\\\files\\websites',
  KEY_VAULT_URL: 'https://vault.example/',
};

function problemsOf(environment: Record<string, string>, options = {}): string {
  try {
    loadConfig(environment, options);
  } catch (error) {
    expect(error).toMatchObject({ code: 'config.invalid', retryable: false });
    return (error as Error).message;
  }
  return '';
}

test('a stamp with all its parts reads into one frozen structure', () => {
  const config = loadConfig(whole);
  expect(config).toEqual({
    stampName: 'stamp',
    components: ['databases', 'fileshare', 'secrets'],
    schedule: '0 0 2 * * *',
    drill: { schedule: '0 0 6 * * 0', share: 0.05 },
    extraCaFile: undefined,
    identity: { instanceDiscovery: undefined, authorityHost: undefined, tenantId: undefined },
    stamp: undefined,
    storage: { account: { connectionString: 'UseDevelopmentStorage=true' }, container: 'hubkeep', apiVersion: undefined },
    sql: {
      servers: ['sql1', 'sql2:1433'],
      user: 'backup',
      password: 'a-password',
      encrypt: true,
      trustServerCertificate: false,
      databases: ['appservice_hosting', 'appservice_metering', 'master'],
      road: { kind: 'disk', directory: 'D:\\Backups', local: { kind: 'path', path: 'D:\\Backups' } },
      stripes: undefined,
      stallMinutes: 30,
      timeoutHours: 24,
    },
    sqlRestore: {
      ...{ user: 'backup', password: 'a-password', encrypt: true, trustServerCertificate: false },
      staging: { directory: 'D:\\Backups', directoryLocal: 'D:\\Backups' },
      stagingIsReadOnly: false,
      ...{ prefersUrl: false, stallMinutes: 30, timeoutHours: 24 },
    },
    drillSql: undefined,
    fileShare: { place: { kind: 'path', path: '\\\\files\\websites' }, exclude: [], width: 1 },
    secrets: {
      vaultUrl: 'https://vault.example',
      vaultApiVersion: undefined,
      verifyChallenge: true,
      dropFile: undefined,
      wipe: false,
      maxAgeDays: 90,
      rotationWatch: undefined,
    },
    serve: { apiKey: undefined, tls: undefined },
    notify: { webhookUrl: undefined },
  });
  expect(() => Object.assign(config.sql!.databases, { 0: 'x' })).toThrow(TypeError);
});

test('stripes, stalls and time limits of backups are whole numbers within their bounds', () => {
  const limits = { SQL_BACKUP_STRIPES: '64', SQL_BACKUP_STALL_MINUTES: '5', SQL_BACKUP_TIMEOUT_HOURS: '168' };
  expect(loadConfig({ ...whole, ...limits }).sql).toMatchObject({ stripes: 64, stallMinutes: 5, timeoutHours: 168 });
  const wrong = { SQL_BACKUP_STRIPES: '65', SQL_BACKUP_STALL_MINUTES: '0', SQL_BACKUP_TIMEOUT_HOURS: '1.5' };
  for (const [name, value] of Object.entries(wrong))
    expect(problemsOf({ ...whole, [name]: value })).toContain(`${name}: must be`);
});

test('databases are restored with the login alone, by the directory where there is one', () => {
  const login = { ...storage, SQL_USER: 'sa', SQL_PASSWORD: 'a-password' };
  const { sql, sqlRestore } = loadConfig(login, { sources: false });
  expect([sql, sqlRestore]).toEqual([undefined, expect.objectContaining({ user: 'sa', staging: undefined, prefersUrl: false })]);
  const byUrl = { ...login, SQL_BACKUP_MODE: 'url', SQL_BACKUP_DIRECTORY: '/backup' };
  expect(loadConfig(byUrl, { sources: false }).sqlRestore).toMatchObject({
    ...{ prefersUrl: true, staging: { directory: '/backup', directoryLocal: '/backup' } },
  });
  expect(loadConfig(storage, { sources: false }).sqlRestore).toBeUndefined();
});

test('a drill goes by the directory of the backups unless it has one of its own', () => {
  const drill = { ...whole, SQL_BACKUP_DIRECTORY_LOCAL: '/mnt/backups', DRILL_SQL_SERVER: 'scratch\\one' };
  const stagingOf = (more: Record<string, string>) => loadConfig({ ...drill, ...more }).drillSql?.staging;
  expect(loadConfig(drill).drillSql).toMatchObject({ server: 'scratch\\one', user: 'backup' });
  expect(stagingOf({})).toEqual({ directory: 'D:\\Backups', directoryLocal: '/mnt/backups' });
  expect(stagingOf({ DRILL_SQL_BACKUP_DIRECTORY: '/drill' })).toEqual({ directory: '/drill', directoryLocal: '/drill' });
  expect(stagingOf({ DRILL_SQL_BACKUP_DIRECTORY_LOCAL: '/here' })).toEqual({ directory: 'D:\\Backups', directoryLocal: '/here' });
  expect(problemsOf({ ...whole, DRILL_SQL_SERVER: 'a,b' })).toContain('DRILL_SQL_SERVER: must');
});

test('SQL Server may write to blobs by itself where it can be given a signature', () => {
  const { SQL_BACKUP_DIRECTORY: _directory, ...rest } = whole as Record<string, string>;
  expect(loadConfig({ ...rest, SQL_BACKUP_MODE: 'url' }).sql?.road).toEqual({ kind: 'url' });
  expect(problemsOf(rest)).toMatch(/^ {2}SQL_BACKUP_DIRECTORY: is not set/m);
  expect(problemsOf({ ...whole, SQL_BACKUP_MODE: 'tape' })).toMatch(/^ {2}SQL_BACKUP_MODE: must be disk or url/m);
  const { BACKUP_STORAGE_CONNECTION_STRING: _string, ...elsewhere } = rest;
  const signed = { BACKUP_STORAGE_URL: 'https://backups.blob.local', BACKUP_STORAGE_SAS: 'sv=1&sig=x' };
  expect(problemsOf({ ...elsewhere, ...signed, SQL_BACKUP_MODE: 'url' })).toMatch(/^ {2}SQL_BACKUP_MODE: .*BACKUP_STORAGE_SAS/m);
  expect(problemsOf({ ...rest, SQL_BACKUP_MODE: 'url', BACKUP_CONTAINER: 'c'.repeat(60) })).toMatch(
    /^ {2}BACKUP_CONTAINER: .*59/m,
  );
});

const adminUrl = 'https://adminmanagement.east.stamp.example/subscriptions/1f2e/providers/Microsoft.Web.Admin/locations/east';

test('the watch for rotated secrets is on when it has an address and an audience', () => {
  const watch = {
    APP_SERVICE_ADMIN_URL: `${adminUrl}/`,
    APP_SERVICE_ADMIN_AUDIENCE: 'https://adminmanagement.stamp.example/9f1c',
  };
  expect(loadConfig({ ...whole, ...watch }).secrets?.rotationWatch).toEqual({
    url: adminUrl,
    audience: 'https://adminmanagement.stamp.example/9f1c',
  });
  expect(problemsOf({ ...whole, APP_SERVICE_ADMIN_URL: adminUrl })).toMatch(/^ {2}APP_SERVICE_ADMIN_AUDIENCE: is not set/m);
  expect(problemsOf({ ...whole, ...watch, APP_SERVICE_ADMIN_AUDIENCE: 'https://a.example/.default' })).toMatch(
    /^ {2}APP_SERVICE_ADMIN_AUDIENCE: must be/m,
  );
});

test.each([
  ['plain http', adminUrl.replace('https', 'http')],
  ['plain http on this machine', adminUrl.replace(/https:..[^/]+/, 'http://localhost')],
  ['the whole list', `${adminUrl}/secrets?api-version=2018-02-01`],
  ['no region', adminUrl.replace(/east$/, '')],
  ['the host alone', 'https://adminmanagement.east.stamp.example'],
  ['a query', `${adminUrl}?api-version=2018-02-01`],
])('an address of the admin API is refused: %s', (_kind, url) => {
  expect(problemsOf({ ...whole, APP_SERVICE_ADMIN_AUDIENCE: 'https://a.example/', APP_SERVICE_ADMIN_URL: url })).toMatch(
    /^ {2}APP_SERVICE_ADMIN_URL: must /m,
  );
});

test.each(['/mnt/share/SystemSecrets.JSON', '/mnt/share/a/b.json', '/MNT/share/x'])(
  'secrets must not be dropped in the share: %s',
  (path) => {
    const share = { ...whole, FILE_SHARE_PATH: '/mnt/share' };
    expect(problemsOf({ ...share, SYSTEM_SECRETS_PATH: path })).toMatch(/^ {2}SYSTEM_SECRETS_PATH: lies in FILE_SHARE_PATH/m);
    expect(problemsOf({ ...share, SYSTEM_SECRETS_PATH: '/mnt/share-drop/SystemSecrets.JSON' })).toBe('');
  },
);

test('values are trimmed, and an empty one counts as unset', () => {
  const config = loadConfig({ ...whole, STAMP_NAME: '  north ', BACKUP_CONTAINER: '', STORAGE_API_VERSION: '   ' });
  expect(config).toMatchObject({ stampName: 'north', storage: { container: 'hubkeep', apiVersion: undefined } });
});

test('every problem is reported at once, each on a line that begins with its setting', () => {
  const message = problemsOf({
    BACKUP_COMPONENTS: 'databases,everything',
    BACKUP_SCHEDULE: '0 2 * * *',
    BACKUP_CONTAINER: 'Hub_Keep',
    SQL_SERVERS: 'sql1,1433',
    SQL_ENCRYPT: 'yes',
    SYSTEM_SECRETS_MAX_AGE_DAYS: '0',
    KEY_VAULT_URL: 'http://vault.example',
    FILE_SHARE_PATH: 'share',
    SERVE_TLS_CERT: '/cert.pem',
  });
  const [title, ...lines] = message.split('\n');
  expect(title).toBe('10 settings need attention:');
  expect(lines.map((line) => /^ {2}([A-Z_]+): ./.exec(line)?.[1]).sort()).toEqual([
    'BACKUP_COMPONENTS',
    'BACKUP_CONTAINER',
    'BACKUP_SCHEDULE',
    'BACKUP_STORAGE_CONNECTION_STRING',
    'FILE_SHARE_PATH',
    'KEY_VAULT_URL',
    'SERVE_TLS_KEY',
    'SQL_ENCRYPT',
    'SQL_SERVERS',
    'SYSTEM_SECRETS_MAX_AGE_DAYS',
  ]);
  expect(message).toContain('(now: "0 2 * * *")');
});

test('a component cannot be backed up without its settings, and the problem says which', () => {
  const message = problemsOf(storage);
  for (const name of ['SQL_SERVERS', 'SQL_USER', 'SQL_PASSWORD', 'SQL_BACKUP_DIRECTORY', 'FILE_SHARE_PATH', 'KEY_VAULT_URL']) {
    expect(message).toMatch(new RegExp(`^  ${name}: is not set and \\w+ cannot be backed up without it`, 'm'));
  }
  expect(problemsOf({ ...storage, BACKUP_COMPONENTS: 'fileshare', FILE_SHARE_PATH: '/mnt/share' })).toBe('');
});

test('commands that only read recovery points need the storage settings alone', () => {
  const config = loadConfig(storage, { sources: false });
  expect(config).toMatchObject({ sql: undefined, fileShare: undefined, secrets: undefined });
  expect(problemsOf({}, { sources: false })).toMatch(/BACKUP_STORAGE_CONNECTION_STRING/);
});

test('the storage account is named in exactly one way', () => {
  const only = { BACKUP_COMPONENTS: 'fileshare', FILE_SHARE_PATH: '/mnt/share' };
  const url = { BACKUP_STORAGE_URL: 'https://backups.blob.local.azurestack.external/' };
  expect(loadConfig({ ...only, ...url }).storage.account).toEqual({
    accountUrl: 'https://backups.blob.local.azurestack.external',
  });
  expect(loadConfig({ ...only, ...url, BACKUP_STORAGE_SAS: '?sv=1&sig=x' }).storage.account).toMatchObject({
    sas: '?sv=1&sig=x',
  });
  expect(problemsOf({ ...only, ...url, ...storage })).toMatch(/^ {2}BACKUP_STORAGE_URL: is set beside/m);
  expect(problemsOf({ ...only, ...storage, BACKUP_STORAGE_SAS: 'sv=1' })).toMatch(/^ {2}BACKUP_STORAGE_SAS: /m);
  expect(problemsOf({ ...only, BACKUP_STORAGE_URL: 'https://a.example/container' })).toMatch(/without a path/);
  expect(loadConfig({ ...only, BACKUP_STORAGE_URL: 'http://127.0.0.1:10000/devstoreaccount1' }).storage.account).toEqual({
    accountUrl: 'http://127.0.0.1:10000/devstoreaccount1',
  });
});

test.each([
  ['0 0 2 * * *', true],
  ['0 */15 2-4 * * MON-FRI', true],
  ['0 0 0 31 2 *', false],
  ['0 2 * * *', false],
  ['0 0 25 * * *', false],
  ['@daily', false],
  ['0 0 2 L * *', false],
])('the schedule %s is accepted: %s', (written, accepted) => {
  expect(problemsOf({ ...whole, BACKUP_SCHEDULE: written }) === '').toBe(accepted);
});

test('no problem repeats the value of a secret setting', () => {
  const secrets = settingNames.filter((name) => settings[name].secret);
  expect(secrets).toEqual(expect.arrayContaining(['SQL_PASSWORD', 'BACKUP_STORAGE_SAS', 'SERVE_API_KEY', 'NOTIFY_WEBHOOK_URL']));
  const canary = 'Canary 1';
  const environment = Object.fromEntries(settingNames.map((name) => [name, settings[name].secret ? canary : 'x y']));
  const message = problemsOf(environment);
  expect(message).toContain('SERVE_API_KEY');
  expect(message).not.toContain(canary);
});

test('a credential written into the wrong setting is struck out of the problem', () => {
  const message = problemsOf({
    ...whole,
    BACKUP_STORAGE_URL: 'https://a.example/?sv=1&sig=Canary1',
    KEY_VAULT_URL: 'AccountName=a;AccountKey=Canary2==',
    SQL_SERVERS: 'Server=sql1;Password=Canary3;',
    FILE_SHARE_PATH: 'https://user:Canary4@files/',
  });
  expect(message).not.toMatch(/Canary\d/);
});

test('a Key Vault reference that the host left unresolved is named as such', () => {
  const reference = '@Microsoft.KeyVault(SecretUri=https://vault.example/secrets/sql)';
  expect(problemsOf({ ...whole, SQL_PASSWORD: reference })).toMatch(
    /SQL_PASSWORD: is a Key Vault reference that was not resolved/,
  );
});

const excludesOf = (FILE_SHARE_EXCLUDE: string) => loadConfig({ ...whole, FILE_SHARE_EXCLUDE }).fileShare?.exclude;

test('globs to exclude are separated by commas, but for commas within brackets', () => {
  expect(excludesOf(' **/*.{log,tmp} , a/[,b],**/@(x,y)/**,,a\\,b,**/x y ')).toEqual([
    '**/*.{log,tmp}',
    'a/[,b]',
    '**/@(x,y)/**',
    'a\\,b',
    '**/x y',
  ]);
  expect(excludesOf('')).toEqual([]);
  expect(excludesOf(' , ')).toEqual([]);
});

test('every glob that cannot be meant is named with its place in the list', () => {
  const globs = ['**/*.tmp', '*.{log', '[z-a]', '/site', 'tmp/', '!keep', 'a\\tmp', 'a//b', '../x', 'a)', 'x\\'];
  const message = problemsOf({ ...whole, FILE_SHARE_EXCLUDE: globs.join(',') });
  const [title, line] = message.split('\n');
  expect(title).toBe('One setting needs attention:');
  expect(line).toMatch(/^ {2}FILE_SHARE_EXCLUDE: glob 2, /);
  expect(message).not.toContain('glob 1,');
  globs.slice(1).forEach((glob, i) => expect(message).toContain(`glob ${i + 2}, ${glob}, `));
});

test.each([
  ['a share', { BACKUP_COMPONENTS: 'fileshare' }, '0 0 6 * * 0'],
  ['databases with a server for them', { BACKUP_COMPONENTS: 'databases', DRILL_SQL_SERVER: 'scratch' }, '0 0 6 * * 0'],
  ['databases without one', { BACKUP_COMPONENTS: 'databases,secrets' }, undefined],
  ['a server for databases of others', { BACKUP_COMPONENTS: 'secrets', DRILL_SQL_SERVER: 'scratch' }, undefined],
  ['anything, as it is written', { BACKUP_COMPONENTS: 'secrets', DRILL_SCHEDULE: '0 0 5 * * 6' }, '0 0 5 * * 6'],
  ['nothing, as it is written', { DRILL_SCHEDULE: 'off' }, undefined],
])('drills of %s', (_what, settings, schedule) => {
  expect(loadConfig({ ...whole, ...settings }).drill.schedule).toBe(schedule);
});
