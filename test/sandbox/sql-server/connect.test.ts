import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCertificateAuthority, createSelfSigned, localNames } from '../../../sandbox/certificates';
import { createSandbox, errorOf, login, type Sandbox } from './support';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox.end());

test('mssql logs in without encryption and selects', async () => {
  const pool = await sandbox.client(await sandbox.server());
  const result = await pool.request().query("SELECT 1 AS one, N'it''s' AS text, NULL AS nothing");
  expect(result.recordset[0]).toEqual({ one: 1, text: "it's", nothing: null });
});

test('mssql logs in through TLS and the certificate is checked', async () => {
  const authority = createCertificateAuthority();
  const server = await sandbox.server({ tls: authority.issue(localNames), encryption: 'required' });
  const trusting = await sandbox.client(server, {
    server: 'localhost',
    options: { encrypt: true, trustServerCertificate: false, cryptoCredentialsDetails: { ca: authority.caPem } },
  });
  expect((await trusting.request().query('SELECT @@SPID AS id')).recordset[0]).toEqual({ id: expect.any(Number) });
  const distrusting = sandbox.client(server, { server: 'localhost', options: { encrypt: true, trustServerCertificate: false } });
  expect((await errorOf(distrusting))['code']).toBe('ESOCKET');
});

test('a wrong password is refused with error 18456', async () => {
  const server = await sandbox.server();
  const error = await errorOf(sandbox.client(server, { password: 'wrong' }));
  expect(error).toMatchObject({ code: 'ELOGIN', message: expect.stringContaining("Login failed for user 'sa'.") });
});

test('a login that asks for a missing database is refused', async () => {
  const server = await sandbox.server();
  expect(await errorOf(sandbox.client(server, { database: 'nowhere' }))).toMatchObject({ code: 'ELOGIN' });
});

test('parameters of every kind the product sends arrive', async () => {
  const pool = await sandbox.client(await sandbox.server());
  const request = pool.request().input('text', "o'x").input('number', 7).input('long', 'z'.repeat(9000)).input('none', null);
  const { recordset } = await request.query('SELECT @text AS text, @number AS number, @long AS long, @none AS none');
  expect(recordset[0]).toEqual({ text: "o'x", number: 7, long: 'z'.repeat(9000), none: null });
});

const tsql = spawnSync('tsql', ['-C']).error === undefined;
if (!tsql && process.env['CI'] === 'true') throw new Error('FreeTDS tsql is needed in CI: apt-get install freetds-bin');
if (!tsql) console.info('Skipped: tsql (FreeTDS) is not installed');
const withTsql = tsql ? test : test.skip;

withTsql.each(['off', 'require'])('FreeTDS tsql logs in and selects with encryption %s', async (encryption) => {
  const server = await sandbox.server({ tls: createSelfSigned(), databases: [{ name: 'appservice_hosting' }] });
  const config = join(sandbox.directory, 'freetds.conf');
  writeFileSync(config, `[box]\nhost = 127.0.0.1\nport = ${server.port}\ntds version = 7.4\nencryption = ${encryption}\n`);
  const output = await runTsql(config, "select name, state_desc from sys.databases where name = N'APPSERVICE_hosting'\ngo\n");
  expect(output).toContain('appservice_hosting\tONLINE');
});

/** In a child of its own: the server answers in this process. */
async function runTsql(config: string, input: string): Promise<string> {
  const child = spawn('tsql', ['-S', 'box', '-U', login.name, '-P', login.password], {
    env: { ...process.env, FREETDSCONF: config, FREETDS: config },
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stdin.end(input);
  await new Promise((resolve) => child.on('close', resolve));
  return output;
}
