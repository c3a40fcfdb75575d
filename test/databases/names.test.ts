import { backupKey } from '../../src/databases/database-keys';
import { safeName } from '../../src/repository/safe-name';
import {
  fillServerPlaceholder,
  joinStagingPath,
  parseStagingName,
  serverMark,
  stagingNames,
} from '../../src/databases/staging-names';

test.each(['appservice_hosting', 'master', 'sql01.contoso.local', 'a-b'])('%s is its own safe name', (name) => {
  expect(safeName(name)).toBe(name);
});

test('every other name is cleaned and made unique by a hash of the exact name', () => {
  const names = [
    'AppService_Hosting',
    'appservice hosting',
    'appservice/hosting',
    'con',
    '..',
    '',
    'a'.repeat(128),
    'a'.repeat(127),
    '数据',
    'a-12345678',
    'sql01,1433',
    'sql01:1433',
    'sql01\\1433',
  ];
  const safe = names.map(safeName);
  expect(new Set(safe).size).toBe(names.length);
  for (const name of safe) expect(name).toMatch(/^[a-z0-9_][a-z0-9_.-]{0,60}-[0-9a-f]{8}$/);
});

test('the staging name of every stripe tells its run and database, and nothing else is taken for one', () => {
  const job = { runId: '20261122T020000Z-7f3a', server: 'sql1', database: 'AppService-x', attempt: '0a1b' };
  const names = stagingNames({ ...job, stripes: 64 });
  expect(new Set(names).size).toBe(64);
  for (const name of names)
    expect(parseStagingName(name)).toEqual({ runId: job.runId, slug: safeName('AppService-x'), mark: serverMark(job.server) });
  for (const other of ['x.bak', 'hubkeep-.bak', `${names[0]}.tmp`, `${names[1]}.02`, 'hubkeep-20261122-master-0a1b.bak'])
    expect(parseStagingName(other)).toBeUndefined();
});

test('no stripe of one database is the file of another, however they are named', () => {
  const databases = ['x', 'x.bak', 'x.bak.01', 'x.01', 'X', 'x.bak-01', "x'; DROP"];
  const keyOf = (database: string) => ({ runId: 'r', server: 's', database, round: 1 });
  const keys = databases.flatMap((database) => [0, 1, 2, 63].map((stripe) => backupKey(keyOf(database), stripe)));
  expect(new Set(keys).size).toBe(keys.length);
  expect(backupKey(keyOf('x'))).toBe('databases/r/s/x.bak');
  expect(backupKey({ ...keyOf('x'), round: 2, attempt: '0a1b' }, 1)).toBe('databases/r/s/x.round-2.0a1b.bak.01');
});

test.each([
  ['D:\\Backup', 'D:\\Backup\\x.bak'],
  ['D:\\Backup\\', 'D:\\Backup\\x.bak'],
  ['D:', 'D:\\x.bak'],
  ['\\\\files\\backup', '\\\\files\\backup\\x.bak'],
  ['/var/opt/mssql/backup', '/var/opt/mssql/backup/x.bak'],
  ['/backup/', '/backup/x.bak'],
])('a file in %s is %s', (directory, path) => {
  expect(joinStagingPath(directory, 'x.bak')).toBe(path);
});

test.each([
  ['sql01', '\\\\sql01\\b'],
  ['sql01:1433', '\\\\sql01\\b'],
  ['tcp:sql01,1433', '\\\\sql01\\b'],
  ['sql01\\INST', '\\\\sql01\\b'],
])('{server} of %s is its host', (server, directory) => {
  expect(fillServerPlaceholder('\\\\{server}\\b', server)).toBe(directory);
});

test('a server that is an address of IPv6 is the host without its brackets', () => {
  expect(fillServerPlaceholder('{server}', '[fd00::1]:1433')).toBe('fd00::1');
});
