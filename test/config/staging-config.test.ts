import { loadConfig } from '../../src/config/load-config';

const base = {
  BACKUP_STORAGE_CONNECTION_STRING: 'UseDevelopmentStorage=true',
  BACKUP_COMPONENTS: 'databases',
  ...{ SQL_SERVERS: 'sql1', SQL_USER: 'backup', SQL_PASSWORD: 'a-password', SQL_BACKUP_DIRECTORY: 'D:\\Backup' },
};
const url = { ...base, SQL_BACKUP_DIRECTORY_LOCAL: 'smb://fs01:4450/Backup/sql/{server}' };
const ofShare = { FILE_SHARE_USER: 'CONTOSO\\share', FILE_SHARE_PASSWORD: 'CANARY-share' };
const own = { SQL_BACKUP_DIRECTORY_USER: 'sql@contoso.com', SQL_BACKUP_DIRECTORY_PASSWORD: 'CANARY-own' };
const place = { kind: 'smb', host: 'fs01', port: 4450, share: 'Backup', directory: 'sql/{server}' };

test.each([
  ['of its own', { ...ofShare, ...own }, { user: 'sql@contoso.com', domain: '', password: 'CANARY-own' }],
  ['of the share', ofShare, { user: 'share', domain: 'CONTOSO', password: 'CANARY-share' }],
])('a staging directory on a file server is read by the account %s', (_, account, expected) => {
  const { sql, sqlRestore } = loadConfig({ ...url, ...account, FILE_SHARE_REQUIRE_ENCRYPTION: 'true' });
  expect(sql?.road).toEqual({
    ...{ kind: 'disk', directory: 'D:\\Backup' },
    local: { ...place, ...expected, requireEncryption: true },
  });
  // Nothing can be handed to SQL Server through it.
  expect(sqlRestore).toMatchObject({ staging: undefined, stagingIsReadOnly: true });
});

test('a restore knows that the directory is only read although nobody signs in to it', () => {
  expect(loadConfig(url, { sources: false }).sqlRestore).toMatchObject({ staging: undefined, stagingIsReadOnly: true });
  expect(loadConfig(base, { sources: false }).sqlRestore).toMatchObject({ stagingIsReadOnly: false });
});

test('without a URL it is a path, that of SQL Server unless another is given', () => {
  const road = (settings: object) => loadConfig({ ...base, ...settings }).sql?.road;
  expect(road({})).toEqual({ kind: 'disk', directory: 'D:\\Backup', local: { kind: 'path', path: 'D:\\Backup' } });
  expect(road({ SQL_BACKUP_DIRECTORY_LOCAL: '/mnt/backup' })).toMatchObject({ local: { kind: 'path', path: '/mnt/backup' } });
});

test.each<[string, object, RegExp]>([
  ['no account', {}, /SQL_BACKUP_DIRECTORY_USER: is not set, and SQL_BACKUP_DIRECTORY_LOCAL is an smb:/],
  [
    'half of one',
    { SQL_BACKUP_DIRECTORY_USER: 'sql' },
    /SQL_BACKUP_DIRECTORY_PASSWORD: is not set but SQL_BACKUP_DIRECTORY_USER is/,
  ],
  ['a URL that is none', { ...own, SQL_BACKUP_DIRECTORY_LOCAL: 'smb://fs01' }, /SQL_BACKUP_DIRECTORY_LOCAL: must be smb:/],
  [
    'half of that of the share',
    { FILE_SHARE_USER: 'CONTOSO\\share' },
    /SQL_BACKUP_DIRECTORY_USER: is not set, and SQL_BACKUP_DIRECTORY_LOCAL is an smb:/,
  ],
  [
    'a path that is none',
    { SQL_BACKUP_DIRECTORY_LOCAL: 'cifs://fs01/x' },
    /SQL_BACKUP_DIRECTORY_LOCAL: must be an absolute path.*or smb:/,
  ],
  ['a drill that would write there', { ...own, DRILL_SQL_SERVER: 'scratch' }, /DRILL_SQL_SERVER: is handed backups through/],
])('%s is refused', (_, settings, message) => {
  expect(() => loadConfig({ ...url, ...settings })).toThrow(message);
});

test('a drill with a directory of its own, and backups that SQL Server writes by itself, ask for no account', () => {
  const drill = { ...own, DRILL_SQL_SERVER: 'scratch', DRILL_SQL_BACKUP_DIRECTORY_LOCAL: '/mnt/scratch' };
  expect(loadConfig({ ...url, ...drill }).drillSql).toMatchObject({
    staging: { directory: 'D:\\Backup', directoryLocal: '/mnt/scratch' },
    stagingIsReadOnly: false,
  });
  expect(loadConfig({ ...url, SQL_BACKUP_MODE: 'url' }).sql?.road).toEqual({ kind: 'url' });
});

test('no message holds a password', () => {
  const load = () => loadConfig({ ...url, ...own, SQL_BACKUP_DIRECTORY_USER: '', SQL_BACKUP_STRIPES: 'x' });
  expect(load).toThrow(/SQL_BACKUP_STRIPES/);
  expect(load).not.toThrow(/CANARY/);
});
