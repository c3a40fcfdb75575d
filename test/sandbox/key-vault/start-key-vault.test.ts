import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { SecretClient } from '@azure/keyvault-secrets';
import { startKeyVault } from '../../../sandbox/key-vault/start-key-vault';
import { createCredential } from '../../../src/adapters/azure-identity/create-credential';
import { failureOf, openVaultStage, type VaultStage } from '../../secrets/vault-stage';

let stage: VaultStage;
let client: SecretClient;
beforeEach(async () => {
  stage = await openVaultStage();
  client = clientOf(stage.server.url);
});
afterEach(() => stage.close());

function clientOf(url: string): SecretClient {
  return new SecretClient(url, createCredential({ instanceDiscovery: false }), {
    disableChallengeResourceVerification: true,
    retryOptions: { maxRetries: 0 },
  });
}

async function tokenFor(scope: string): Promise<string> {
  const token = await createCredential({ instanceDiscovery: false }).getToken(scope);
  return token?.token ?? '';
}

async function collect<T>(list: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of list) items.push(item);
  return items;
}

describe('the Key Vault double', () => {
  it('challenges a caller without a token of its own authority, for its own resource', async () => {
    const tokens = ['', 'made-up', await tokenFor('https://storage.azure.com/.default')];
    for (const token of tokens) {
      const answer = await fetch(`${stage.server.url}/secrets/a?api-version=7.4`, {
        headers: { authorization: `Bearer ${token}` },
      });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe(
        `Bearer authorization="${stage.identity.authority}", resource="https://vault.azure.net"`,
      );
    }
  });

  it('wants an api-version, a valid name and an address it knows', async () => {
    const headers = { authorization: `Bearer ${await tokenFor('https://vault.azure.net/.default')}` };
    const statusOf = async (address: string): Promise<number> =>
      (await fetch(`${stage.server.url}${address}`, { headers })).status;

    expect(await statusOf('/secrets/a')).toBe(400);
    expect(await statusOf('/secrets/a_b?api-version=7.4')).toBe(400);
    expect(await statusOf('/keys/a?api-version=7.4')).toBe(404);
    expect(await statusOf('/secrets/a?api-version=7.4')).toBe(404);
  });

  it('lists secrets and versions over several pages, without values', async () => {
    for (let index = 0; index < 27; index += 1) await client.setSecret(`name-${index}`, 'value');
    for (let index = 0; index < 27; index += 1) await client.setSecret('name-0', `value ${index}`);

    expect(await collect(client.listPropertiesOfSecrets())).toHaveLength(27);
    const versions = await collect(client.listPropertiesOfSecretVersions('name-0'));
    expect(new Set(versions.map(({ version }) => version)).size).toBe(28);
  });

  it('changes the properties of one version and leaves the value', async () => {
    const { properties } = await client.setSecret('a', 'value', { tags: { x: '1' } });
    await client.updateSecretProperties('a', properties.version ?? '', { tags: { y: '2' }, contentType: 'text/plain' });

    const secret = await client.getSecret('a');
    expect(secret.value).toBe('value');
    expect(secret.properties).toMatchObject({ tags: { y: '2' }, contentType: 'text/plain' });
    await client.updateSecretProperties('a', properties.version ?? '', { enabled: false });
    expect(await failureOf(client.getSecret('a'))).toMatchObject({ statusCode: 403, code: 'Forbidden' });
  });

  it('deletes softly: the name is taken until the secret is recovered or purged', async () => {
    const first = await client.setSecret('a', 'one');
    await (await client.beginDeleteSecret('a', { intervalInMs: 10 })).pollUntilDone();
    expect(await failureOf(client.getSecret('a'))).toMatchObject({ statusCode: 404, code: 'SecretNotFound' });
    expect(await failureOf(client.setSecret('a', 'two'))).toMatchObject({ statusCode: 409 });
    expect(await collect(client.listPropertiesOfSecrets())).toEqual([]);
    expect(await collect(client.listDeletedSecrets())).toHaveLength(1);

    await (await client.beginRecoverDeletedSecret('a', { intervalInMs: 10 })).pollUntilDone();
    expect((await client.getSecret('a')).properties.version).toBe(first.properties.version);

    await (await client.beginDeleteSecret('a', { intervalInMs: 10 })).pollUntilDone();
    await client.purgeDeletedSecret('a');
    expect((await client.setSecret('a', 'anew')).value).toBe('anew');
    expect(await collect(client.listPropertiesOfSecretVersions('a'))).toHaveLength(1);
  });

  it('keeps secrets across a restart, in files that only their owner can read', async () => {
    const first = await client.setSecret('Kept', 'one');
    await client.setSecret('kept', 'two');
    await stage.server.close();
    const files = path.join(stage.directory, 'vault');
    expect(readdirSync(files)).toEqual(['kept.json']);
    expect(statSync(path.join(files, 'kept.json')).mode & 0o077).toBe(0);

    const { directory, tls, identity } = stage;
    const again = await startKeyVault({ directory, tls, identity });
    const newClient = clientOf(again.url);
    expect((await newClient.getSecret('KEPT')).value).toBe('two');
    expect((await newClient.getSecret('kept', { version: first.properties.version ?? '' })).value).toBe('one');
    await again.close();
  });
});
