import { createCertificateAuthority, localNames } from '../../../sandbox/certificates';
import type { RunningSqlServer } from '../../../sandbox/sql-server/start-sql-server';
import { createMssqlServer, type MssqlSettings } from '../../../src/adapters/mssql/create-mssql-server';
import type { HubkeepError } from '../../../src/errors/hubkeep-error';
import type { SqlSession } from '../../../src/ports/sql-server';
import { createSandbox, errorOf, login, type Sandbox } from '../../sandbox/sql-server/support';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox.end());

const settings: MssqlSettings = { user: login.name, password: login.password, encrypt: false, trustServerCertificate: false };

async function connect(server: RunningSqlServer, changes: Partial<MssqlSettings> = {}): Promise<SqlSession> {
  const session = await createMssqlServer({ ...settings, ...changes }).connect(`127.0.0.1:${server.port}`, {
    applicationName: 'Hubkeep test',
  });
  sandbox.defer(() => session.close());
  return session;
}

const failureOf = (work: Promise<unknown>) => errorOf(work) as unknown as Promise<HubkeepError>;
const slowBackup = "BACKUP DATABASE master TO DISK = N'x.bak' WITH FORMAT, STATS = 10";

test('a session queries with parameters and names itself to the server', async () => {
  const session = await connect(await sandbox.server());
  expect(await session.query('SELECT @a AS a, @b AS b', { a: "o'x", b: 7 })).toEqual([{ a: "o'x", b: 7 }]);
  const programs = await session.query('SELECT program_name AS program FROM sys.dm_exec_sessions');
  expect(programs).toEqual([{ program: 'Hubkeep test' }]);
});

test('a session is one connection, for all its life', async () => {
  const server = await sandbox.server();
  const session = await connect(server);
  const first = await session.query('SELECT @@SPID AS id');
  await session.execute(slowBackup);
  expect(await session.query('SELECT @@SPID AS id')).toEqual(first);
  expect(server.sessions()).toBe(1);
});

test('a wrong password names the settings and is not worth a new try', async () => {
  const server = await sandbox.server();
  const error = await failureOf(connect(server, { password: 'not this one' }));
  expect(error).toMatchObject({ code: 'sql.login-failed', retryable: false, hint: expect.stringContaining('SQL_PASSWORD') });
  expect(JSON.stringify([error.message, error.hint])).not.toContain('not this one');
});

test('a closed port is unreachable and worth a new try', async () => {
  const server = await sandbox.server();
  await server.close();
  const error = await failureOf(connect(server));
  expect(error).toMatchObject({ code: 'sql.unreachable', retryable: true, hint: expect.stringContaining('SQL_SERVERS') });
});

test('an untrusted certificate is refused unless its CA is given or trust is configured', async () => {
  const authority = createCertificateAuthority();
  const server = await sandbox.server({ tls: authority.issue(localNames), encryption: 'required' });
  const error = await failureOf(connect(server, { encrypt: true }));
  expect(error).toMatchObject({ code: 'sql.unreachable', retryable: false, hint: expect.stringContaining('EXTRA_CA_FILE') });
  const withCa = await connect(server, { encrypt: true, ca: authority.caPem });
  expect(await withCa.query('SELECT 1 AS x')).toEqual([{ x: 1 }]);
  const trusting = await connect(server, { encrypt: true, trustServerCertificate: true });
  expect(await trusting.query('SELECT 1 AS x')).toEqual([{ x: 1 }]);
});

test('a refused statement carries the number of its cause, not of the wrapper', async () => {
  const session = await connect(await sandbox.server());
  const error = await failureOf(session.execute("BACKUP DATABASE nowhere TO DISK = N'x' WITH FORMAT"));
  expect(error).toMatchObject({ code: 'sql.statement-failed', retryable: false, details: { number: 911 } });
});

test('messages arrive while the statement runs', async () => {
  const session = await connect(await sandbox.server({ backupMs: 200 }));
  const numbers: number[] = [];
  await session.execute(slowBackup, { onMessage: (message) => numbers.push(message.number) });
  expect(numbers.filter((number) => number === 3211)).toHaveLength(10);
});

test('a dropped connection is lost for good: the session does not quietly open another', async () => {
  const server = await sandbox.server({ faults: [{ match: 'BACKUP', atPercent: 40, drop: 'abort' }] });
  const session = await connect(server);
  expect(await failureOf(session.execute(slowBackup))).toMatchObject({ code: 'sql.connection-lost', retryable: true });
  expect(await failureOf(session.query('SELECT 1'))).toMatchObject({ code: 'sql.connection-lost', retryable: true });
});

test('a connection that breaks between two statements is lost for good', async () => {
  const server = await sandbox.server();
  const session = await connect(server);
  server.faults.add({ match: 'breaks', drop: 'abort' });
  await failureOf(session.query("SELECT N'breaks' AS x"));
  expect(await failureOf(session.query('SELECT 1'))).toMatchObject({ code: 'sql.connection-lost' });
  expect(server.sessions()).toBe(0);
});

test('a statement that goes quiet is stopped on the server, although messages came before', async () => {
  const server = await sandbox.server({ faults: [{ match: 'BACKUP', atPercent: 40, stall: true }] });
  const session = await connect(server);
  const error = await failureOf(session.execute(slowBackup, { stallMs: 300 }));
  expect(error).toMatchObject({ code: 'sql.stalled', retryable: true });
  expect(server.attentions()).toBe(1);
  expect(await session.query('SELECT 1 AS x')).toEqual([{ x: 1 }]);
});

test('cancelling sends ATTENTION, ends with run.cancelled and keeps the session', async () => {
  const server = await sandbox.server({ faults: [{ match: 'BACKUP', atPercent: 40, stall: true }] });
  const session = await connect(server);
  const abort = new AbortController();
  const work = session.execute(slowBackup, { signal: abort.signal, onMessage: () => abort.abort() });
  expect(await failureOf(work)).toMatchObject({ code: 'run.cancelled', retryable: false });
  expect(server.attentions()).toBe(1);
  expect(await session.query('SELECT 1 AS x')).toEqual([{ x: 1 }]);
});
