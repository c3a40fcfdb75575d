import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { startAppServiceAdmin, type AppServiceAdmin } from '../../../sandbox/app-service-admin/start-app-service-admin';
import { createAppServiceAdmin, type AppServiceAdminOptions } from '../../../src/adapters/app-service-admin/app-service-admin';
import { createCredential } from '../../../src/adapters/azure-identity/create-credential';
import { toProblem } from '../../../src/errors/to-problem';
import type { SecretStatusSource } from '../../../src/ports/secret-status';
import { failureOf, openVaultStage, sandboxClient, signInAs, type VaultStage } from '../../secrets/vault-stage';

let stage: VaultStage;
let admin: AppServiceAdmin;
beforeAll(async () => {
  stage = await openVaultStage();
  admin = await startAppServiceAdmin(stage);
  admin.setRows([{ category: 'Certificates', name: 'Publisher', lifeRemaining: 300 }]);
});
afterAll(() => Promise.all([admin.close(), stage.close()]));
afterEach(() => {
  admin.answerWith(undefined);
  signInAs(stage.identity.url, sandboxClient);
});

/** The tokens it was given, and what it said. */
const tokens: string[] = [];
const said: string[] = [];
afterEach(() => {
  for (const token of tokens) expect(said.join()).not.toContain(token);
});

function connect(options: Partial<AppServiceAdminOptions> = {}): SecretStatusSource {
  const { getToken } = createCredential({ instanceDiscovery: false });
  const credential: AppServiceAdminOptions['credential'] = {
    async getToken(...request) {
      const token = await getToken(...request);
      if (token !== null) tokens.push(token.token);
      return token;
    },
  };
  return createAppServiceAdmin({ url: admin.url, audience: admin.audience, credential, ...options });
}

async function problemOf(options: Partial<AppServiceAdminOptions> = {}) {
  const error = await failureOf(connect(options).list());
  const problem = toProblem(error);
  said.push(JSON.stringify([error, error.message, error.stack, problem]), String(error.cause));
  return problem;
}

test('lists rows with a token for the audience of the admin ARM', async () => {
  expect(await connect().list()).toMatchObject([{ category: 'Certificates', name: 'Publisher', lifeDays: 300 }]);
  expect(tokens).toHaveLength(1);
});

test('a token for something else is refused, and the hint says where the audience stands', async () => {
  const problem = await problemOf({ audience: 'https://management.sandbox.example' });
  expect(problem).toMatchObject({ code: 'secrets.probe-failed', message: 'APP_SERVICE_ADMIN_URL answered 401.' });
  expect(problem.hint).toContain('APP_SERVICE_ADMIN_AUDIENCE');
});

test('a sign-in that fails is told as such', async () => {
  signInAs(stage.identity.url, { ...sandboxClient, clientSecret: 'wrong' });
  expect((await problemOf()).code).toBe('identity.rejected');
});

test.each([
  [403, 'Reader'],
  [404, 'APP_SERVICE_ADMIN_URL'],
  [302, 'APP_SERVICE_ADMIN_URL'],
  [503, 'APP_SERVICE_ADMIN_URL'],
])('an answer of %i is told with what to check', async (status, hint) => {
  admin.answerWith({ status, headers: { location: 'https://elsewhere.example/' }, body: { error: { code: 'Refused' } } });
  const problem = await problemOf();
  expect(problem).toMatchObject({ code: 'secrets.probe-failed', message: `APP_SERVICE_ADMIN_URL answered ${status}.` });
  expect(problem.hint).toContain(hint);
});

test('the address of another region is not found', async () => {
  expect((await problemOf({ url: `${admin.url}-two` })).message).toContain('404');
});

test.each([
  ['a web page', '<html>CANARY</html>', /a web page/],
  ['cut off', '[{"name":"CANARY"', /not JSON/],
  ['empty', '', /not JSON/],
  ['of another shape', '{"CANARY":1}', /without any secret/],
  ['too long', `["${'x'.repeat(1024 * 1024)}"]`, /more than 1048576 bytes/],
])('an answer that is %s is refused without a word of it', async (_kind, text, reason) => {
  admin.answerWith({ status: 200, text });
  const problem = await problemOf();
  expect(problem.code).toBe('secrets.probe-failed');
  expect(problem.message).toMatch(reason);
  expect(said.join()).not.toContain('CANARY');
});

test('an answer that never comes is given up', async () => {
  admin.answerWith(new Promise(() => undefined));
  expect((await problemOf({ answerWithinMs: 300 })).message).toContain('did not answer within 0.3 s');
});

test('so is a sign-in that never ends', async () => {
  const credential = { getToken: () => new Promise<never>(() => undefined) };
  const error = await failureOf(createAppServiceAdmin({ ...admin, credential, answerWithinMs: 50 }).list());
  expect(error).toMatchObject({ code: 'secrets.probe-failed' });
});

test('a host that does not listen cannot be reached, and the reason is among the causes', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  const problem = await problemOf({ url: admin.url.replace(/:\d+/, `:${port}`) });
  expect(problem).toMatchObject({ code: 'secrets.probe-failed', message: 'APP_SERVICE_ADMIN_URL cannot be reached.' });
  expect(problem.causes?.join()).toContain('ECONNREFUSED');
  expect(problem.hint).toContain('EXTRA_CA_FILE');
});
