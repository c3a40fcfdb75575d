import { createServer } from 'node:net';
import { startArm } from '../../../sandbox/azure-stack-hub/start-arm';
import { createSelfSigned } from '../../../sandbox/certificates';
import { startHttpsServer, type HttpAnswer, type HttpsServer } from '../../../sandbox/https-server';
import { createStampCredential } from '../../../src/adapters/azure-stack/stamp-credential';
import { createStampMetadata } from '../../../src/adapters/azure-stack/stamp-metadata';
import { failureOf, openVaultStage, sandboxClient, signInAs, type VaultStage } from '../../secrets/vault-stage';

const setting = 'AZURE_STACK_ARM_ENDPOINT';
const named = { setting, instead: 'AZURE_AUTHORITY_HOST' };
const audience = 'https://management.sandbox.example/1';
const scope = 'https://vault.sandbox.example/.default';

let stage: VaultStage;
const opened: { close(): unknown }[] = [];
beforeEach(async () => {
  stage = await openVaultStage();
});
afterEach(async () => {
  for (const part of opened.splice(0)) await part.close();
  await stage.close();
});

async function armWith(loginEndpoint: string): Promise<HttpsServer> {
  const arm = await startArm({ tls: stage.tls, loginEndpoint, audience });
  opened.push(arm);
  return arm;
}

async function answering(answer: HttpAnswer): Promise<string> {
  const server = await startHttpsServer({ tls: stage.tls, answer: () => answer });
  opened.push(server);
  return server.url;
}

test('the metadata of a stamp tells where to sign in and for what', async () => {
  const arm = await armWith('https://login.microsoftonline.com/');
  expect(await createStampMetadata(arm.url, named).read()).toEqual({
    authorityHost: 'https://login.microsoftonline.com',
    isAdfs: false,
    audiences: [audience],
  });
});

test.each(['/adfs', '/adfs/'])('AD FS is known by its path %s', async (path) => {
  const arm = await armWith(`https://adfs.north.contoso.example${path}`);
  expect(await createStampMetadata(arm.url, named).read()).toMatchObject({
    authorityHost: 'https://adfs.north.contoso.example',
    isAdfs: true,
  });
});

test('a token comes from where the stamp says, not from public Azure', async () => {
  const arm = await armWith(`${stage.identity.url}/`);
  // In their place a mistake would be seen at once.
  signInAs('https://localhost:1', sandboxClient);
  const metadata = createStampMetadata(arm.url, named);
  const credential = createStampCredential({ metadata, tenantId: sandboxClient.tenantId, instanceDiscovery: false });
  const before = stage.identity.issued();
  const token = await credential.getToken(scope);
  expect(stage.identity.verify(token?.token ?? '')?.aud).toBe('https://vault.sandbox.example');
  expect(stage.identity.issued()).toBe(before + 1);
});

test('AD FS has one tenant, and a setting for another is named', async () => {
  const arm = await armWith(`${stage.identity.url}/adfs`);
  const metadata = createStampMetadata(arm.url, named);
  const credential = createStampCredential({ metadata, tenantId: sandboxClient.tenantId, instanceDiscovery: undefined });
  const error = await failureOf(Promise.resolve(credential.getToken(scope)));
  expect(error).toMatchObject({ code: 'identity.rejected', hint: expect.stringContaining('AZURE_TENANT_ID=adfs') });
});

test('it is asked once, and again after a failure', async () => {
  let asked = 0;
  const answers: HttpAnswer[] = [{ status: 503 }];
  const body = { authentication: { loginEndpoint: 'https://login.microsoftonline.com/', audiences: [audience] } };
  const server = await startHttpsServer({ tls: stage.tls, answer: () => answers[asked++] ?? { status: 200, body } });
  opened.push(server);
  const metadata = createStampMetadata(server.url, named);
  const error = await failureOf(metadata.read());
  expect(error).toMatchObject({ code: 'identity.unreachable', retryable: true });
  expect(error.message).toContain('503');
  await Promise.all([metadata.read(), metadata.read()]);
  await metadata.read();
  expect(asked).toBe(2);
});

test.each<[string, HttpAnswer]>([
  ['a web page', { status: 200, text: '<html>Portal</html>' }],
  ['JSON of something else', { status: 200, body: { value: [] } }],
  ['no audience', { status: 200, body: { authentication: { loginEndpoint: 'https://login.example/', audiences: [] } } }],
  [
    'a sign-in without TLS',
    { status: 200, body: { authentication: { loginEndpoint: 'http://login.example/', audiences: ['a'] } } },
  ],
])('%s is no answer of an ARM', async (_what, answer) => {
  const error = await failureOf(createStampMetadata(await answering(answer), named).read());
  expect(error).toMatchObject({ code: 'identity.rejected', retryable: false, message: expect.stringContaining(setting) });
});

test('it follows nobody elsewhere: that would choose where passwords go', async () => {
  const arm = await armWith('https://login.microsoftonline.com/');
  const url = await answering({ status: 302, headers: { location: `${arm.url}/metadata/endpoints?api-version=1.0` } });
  expect(await failureOf(createStampMetadata(url, named).read())).toMatchObject({ code: 'identity.unreachable' });
});

test('a certificate of an unknown authority is not trusted, and the hint says what to set', async () => {
  const server = await startHttpsServer({ tls: createSelfSigned(), answer: () => ({ status: 200 }) });
  opened.push(server);
  const error = await failureOf(createStampMetadata(server.url, named).read());
  expect(error).toMatchObject({ code: 'identity.unreachable', hint: expect.stringContaining('EXTRA_CA_FILE') });
  expect(error.message).toMatch(/self-signed/);
});

test('a host that does not listen is named with its setting', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  const error = await failureOf(createStampMetadata(`https://localhost:${port}`, named).read());
  expect(error.message).toContain(`${setting} (https://localhost:${port})`);
  expect(error).toMatchObject({ code: 'identity.unreachable', retryable: true });
});
