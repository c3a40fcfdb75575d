import { parseServer } from '../../../src/adapters/mssql/parse-server';

test.each([
  ['sql01', { host: 'sql01' }],
  ['sql01.contoso.local', { host: 'sql01.contoso.local' }],
  ['sql01,1433', { host: 'sql01', port: 1433 }],
  ['sql01 , 1433', { host: 'sql01', port: 1433 }],
  ['sql01:14330', { host: 'sql01', port: 14330 }],
  ['tcp:sql01,1433', { host: 'sql01', port: 1433 }],
  ['sql01\\APPSVC', { host: 'sql01', instance: 'APPSVC' }],
  ['.\\SQLEXPRESS', { host: 'localhost', instance: 'SQLEXPRESS' }],
  ['[fd00::1]:1433', { host: 'fd00::1', port: 1433 }],
  ['fd00::1', { host: 'fd00::1' }],
])('%s is understood', (server, address) => {
  expect(parseServer(server)).toEqual(address);
});

test.each(['', 'sql01,', 'sql01,99999', 'sql01\\', 'a b'])('%j is refused as configuration', (server) => {
  expect(() => parseServer(server)).toThrow(expect.objectContaining({ code: 'config.invalid' }));
});
