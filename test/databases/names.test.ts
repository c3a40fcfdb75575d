import { safeName } from '../../src/databases/safe-name';
import { fillServerPlaceholder, joinStagingPath, parseStagingName, stagingName } from '../../src/databases/staging-names';

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

test('a staging name tells its run and database, and nothing else is taken for one', () => {
  const name = stagingName('20261122T020000Z-7f3a', 'AppService-x', '0a1b');
  expect(parseStagingName(name)).toEqual({ runId: '20261122T020000Z-7f3a', slug: safeName('AppService-x') });
  for (const other of ['x.bak', 'hubkeep-.bak', `${name}.tmp`, 'hubkeep-20261122-master-0a1b.bak'])
    expect(parseStagingName(other)).toBeUndefined();
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
