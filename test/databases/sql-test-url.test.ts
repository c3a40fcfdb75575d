import { inspect } from 'node:util';
import { parseSqlTestUrl } from './sql-test-url';

const places = 'directory=D%3A%5CBackup&local=%2Fmnt%2Fbackup';

test('every part is read, and what is percent-encoded is plain again', () => {
  const url = `mssql://dbo%5Cme:p%40s%2F%3A%23%25%3F%20w@sql.test:14330?${places}&trustServerCertificate=true`;
  expect(parseSqlTestUrl(url)).toEqual({
    address: 'sql.test:14330',
    user: 'dbo\\me',
    password: 'p@s/:#%? w',
    directory: 'D:\\Backup',
    local: '/mnt/backup',
    trustServerCertificate: true,
  });
});

test('a port is not needed, and a certificate is not trusted unless told', () => {
  expect(parseSqlTestUrl(`mssql://sa:x@sql?${places}`)).toMatchObject({ address: 'sql', trustServerCertificate: false });
});

test.each([
  ['nothing like an address', 'canary'],
  ['another scheme', `http://sa:canary@sql:1433?${places}`],
  ['a port that is none', `mssql://sa:canary@sql:999999?${places}`],
  ['a password that is not encoded', `mssql://sa:canary%@sql:1433?${places}`],
  ['a slash in the password', `mssql://sa:canary/x@sql:1433?${places}`],
  ['no user', `mssql://:canary@sql:1433?${places}`],
  ['no host', `mssql://sa:canary@?${places}`],
  ['no directory', 'mssql://sa:canary@sql:1433?local=/mnt'],
  ['no local', 'mssql://sa:canary@sql:1433?directory=/backups'],
])('%s is refused without a word of it', (_what, url) => {
  let thrown: unknown;
  try {
    parseSqlTestUrl(url);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(Error);
  expect(inspect(thrown, { depth: null, showHidden: true })).toContain('SQL_TEST_URL cannot be used');
  expect(inspect(thrown, { depth: null, showHidden: true })).not.toContain('canary');
});
