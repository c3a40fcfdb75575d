import { join } from 'node:path';
import { BlobServiceClient, type BlockBlobClient } from '@azure/storage-blob';
import { startAzurite, type Azurite } from '../../sandbox/azurite';
import { systemSecretsName } from '../../src/secrets/secret-name';
import { startFaultyProxy, type FaultyProxy } from '../support/faulty-proxy';
import { openRegisteredApp, type RegisteredApp } from '../support/registered-app';
import { contentOf } from '../secrets/keep-stage';
import { openVaultStage, type VaultStage } from '../secrets/vault-stage';

const trigger = 'blob-secrets-drop';
let vault: VaultStage;
let azurite: Azurite;
let proxy: FaultyProxy;
let connectionString: string;
let service: BlobServiceClient;
let blob: BlockBlobClient;
let app: RegisteredApp;
let number = 0;

beforeAll(async () => {
  vault = await openVaultStage();
  azurite = await startAzurite({ directory: join(vault.directory, 'azurite') });
  proxy = await startFaultyProxy(azurite.blobPort);
  connectionString = azurite.connectionString.replace(`:${azurite.blobPort}/`, `:${proxy.port}/`);
  service = BlobServiceClient.fromConnectionString(connectionString);
});
beforeEach(async () => {
  const client = service.getContainerClient(`drop${++number}`);
  await client.create();
  blob = client.getBlockBlobClient('SystemSecrets.JSON');
});
afterEach(async () => {
  await app.close();
  expect(JSON.stringify([app.printed, app.logs])).not.toContain('CANARY');
});
afterAll(async () => {
  await proxy.close();
  await azurite.close();
  await vault.close();
});

async function open(changes: Record<string, string> = {}) {
  app = await openRegisteredApp({
    BACKUP_COMPONENTS: 'secrets',
    BACKUP_CONTAINER: `backups${number}`,
    BACKUP_STORAGE_CONNECTION_STRING: connectionString,
    EXTRA_CA_FILE: join(vault.directory, 'ca.pem'),
    IDENTITY_INSTANCE_DISCOVERY: 'false',
    KEY_VAULT_URL: vault.server.url,
    KEY_VAULT_VERIFY_CHALLENGE: 'false',
    STAMP_NAME: `stamp-${number}`,
    SYSTEM_SECRETS_PATH: `blob:drop${number}/SystemSecrets.JSON`,
    ...changes,
  });
}

const leave = (content: string) => blob.upload(content, Buffer.byteLength(content));
/** The host hands over what it saw when it was called, which may be older than the blob is now. */
const fire = (seen = contentOf('seen')) => app.invokeBlob(trigger, Buffer.from(seen));
const stored = async () => (await vault.vault.get(systemSecretsName(`stamp-${number}`))).value;
const printed = (event: string) => app.printed.filter((line) => line['event'] === event);

test('a drop in a blob is watched over the connection string of the backups', async () => {
  await open();
  expect(Object.values(app.functions.get(trigger)?.metadata.bindings ?? {})).toContainEqual(
    expect.objectContaining({
      type: 'blobTrigger',
      path: `drop${number}/SystemSecrets.JSON`,
      connection: 'BACKUP_STORAGE_CONNECTION_STRING',
    }),
  );
});

test.each([
  ['the drop file is local', { SYSTEM_SECRETS_PATH: '/mnt/drop/SystemSecrets.JSON' }],
  ['there is none', { SYSTEM_SECRETS_PATH: '' }],
  ['secrets are not backed up', { BACKUP_COMPONENTS: 'fileshare', FILE_SHARE_PATH: '/mnt/share' }],
  ['there is no vault', { BACKUP_COMPONENTS: 'fileshare', FILE_SHARE_PATH: '/mnt/share', KEY_VAULT_URL: '' }],
  [
    'the account is opened by a signature',
    { BACKUP_STORAGE_CONNECTION_STRING: '', BACKUP_STORAGE_URL: 'https://a.example', BACKUP_STORAGE_SAS: 'sv=1&sig=x' },
  ],
  ['the account is opened by identity', { BACKUP_STORAGE_CONNECTION_STRING: '', BACKUP_STORAGE_URL: 'https://a.example' }],
])('nothing is watched where %s', async (_why, changes) => {
  await open(changes);
  expect(app.functions.has('timer-nightly-backup')).toBe(true);
  expect(app.functions.has(trigger)).toBe(false);
});

test('a drop is taken at once, as it is in the store, and without a run', async () => {
  await open();
  await leave(contentOf('one'));
  await fire();

  expect(await stored()).toBe(contentOf('one'));
  expect(app.instances()).toEqual([]);
  expect(printed('drop.taken')).toMatchObject([{ id: expect.stringMatching(/^drop-\d{4}-/) as string, stored: true }]);
  expect(await blob.exists()).toBe(true);

  await fire();
  expect(printed('drop.taken')).toMatchObject([{ stored: true }, { stored: false }]);
  await leave(contentOf('two'));
  await fire();
  expect(await stored()).toBe(contentOf('two'));
});

test('a drop is wiped once the vault holds it, and the backup after it relies on the vault', async () => {
  await open({ SYSTEM_SECRETS_WIPE: 'true' });
  await leave(contentOf('one'));
  await fire();
  expect(await blob.exists()).toBe(false);
  expect(printed('drop.warning')).toEqual([]);

  await fire();
  expect(printed('drop.taken')).toMatchObject([{ stored: true }, { stored: false }]);
  const { runId } = (await app.invokeHttp({ method: 'POST', path: '/api/backups' })).json() as { runId: string };
  expect(await app.waitFor(runId)).toMatchObject({ output: { status: 'complete' } });
});

test('an account that would keep the wiped blob costs a warning, here and in a backup, and not the secrets', async () => {
  await service.setProperties({ deleteRetentionPolicy: { enabled: true, days: 14 } });
  await open({ SYSTEM_SECRETS_WIPE: 'true' });
  await leave(contentOf('one'));
  await fire();
  expect(await stored()).toBe(contentOf('one'));
  expect(await blob.exists()).toBe(true);
  expect(printed('drop.warning')).toMatchObject([{ level: 'warn', code: 'secrets.unwipeable' }]);

  const { runId } = (await app.invokeHttp({ method: 'POST', path: '/api/backups' })).json() as { runId: string };
  await app.waitFor(runId);
  await service.setProperties({ deleteRetentionPolicy: { enabled: false } });
  const run = (await app.invokeHttp({ method: 'GET', path: `/api/backups/${runId}` })).json();
  expect(run).toMatchObject({
    status: 'complete',
    problems: [],
    warnings: [
      {
        code: 'secrets.unwipeable',
        message: expect.stringContaining('14 days (soft delete)') as string,
        hint: expect.stringContaining('SYSTEM_SECRETS_WIPE') as string,
      },
    ],
  });
});

test('what trying again can help is thrown to the host, and works when it does', async () => {
  await open();
  await leave(contentOf('one'));
  proxy.decide(() => ({ kind: 'answer', status: 503, code: 'ServerBusy' }));
  await expect(fire()).rejects.toMatchObject({ code: 'secrets.unreadable' });
  expect(printed('drop.not-taken')).toMatchObject([{ level: 'error', code: 'secrets.unreadable', isRetryable: true }]);

  proxy.decide(() => ({ kind: 'pass' }));
  await fire();
  expect(await stored()).toBe(contentOf('one'));
});

test('what trying again cannot help is logged with its code, and no more', async () => {
  await open();
  await leave('{"CANARY');
  await fire('{"CANARY');
  expect(printed('drop.not-taken')).toMatchObject([{ level: 'error', code: 'secrets.invalid', isRetryable: false }]);

  await blob.delete();
  await fire();
  expect(printed('drop.not-taken')).toMatchObject([{}, { code: 'secrets.never-stored' }]);
});
