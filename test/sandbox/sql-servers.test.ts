import { createCertificateAuthority, localNames } from '../../sandbox/certificates';
import { startSqlServers } from '../../sandbox/sql-servers';
import { createSandbox, login, type Sandbox } from './sql-server/support';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox.end());

test.each([
  [false, [{ name: 'SANDBOX-SQL', grouped: null }]],
  [true, [{ name: 'SANDBOX-SQL1', grouped: expect.any(String) }]],
])('with an availability group %s clients reach the server that holds the databases', async (availabilityGroup, expected) => {
  const authority = createCertificateAuthority();
  const servers = await startSqlServers({
    directory: sandbox.directory,
    login,
    tls: authority.issue(localNames),
    availabilityGroup,
  });
  sandbox.defer(() => servers.close());
  const pool = await sandbox.client(
    { ...servers.sql, port: servers.port },
    {
      server: 'localhost',
      database: 'appservice_hosting',
      options: { encrypt: true, trustServerCertificate: false, cryptoCredentialsDetails: { ca: authority.caPem } },
    },
  );
  const found = await pool
    .request()
    .query('SELECT @@SERVERNAME AS name, group_database_id AS grouped FROM sys.databases WHERE name = DB_NAME()');
  expect(found.recordset).toEqual(expected);
  expect(servers.secondary?.databases.find('appservice_hosting') !== undefined).toBe(availabilityGroup);
});
