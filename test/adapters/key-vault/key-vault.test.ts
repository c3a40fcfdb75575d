import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { SecretClient } from '@azure/keyvault-secrets';
import { createSelfSigned } from '../../../sandbox/certificates';
import { createCredential } from '../../../src/adapters/azure-identity/create-credential';
import { failureOf, openVaultStage, sandboxClient, signInAs, type VaultStage } from '../../secrets/vault-stage';
import { describeSecretVault } from './secret-vault-behaviour';

const canary = 'CANARY-b51f-value-of-the-secret';

let stage: VaultStage;
beforeEach(async () => {
  stage = await openVaultStage();
});
afterEach(() => stage.close());

describeSecretVault('Key Vault', () => stage.vault);

describe('the Key Vault adapter', () => {
  it('signs in once for many calls', async () => {
    await stage.vault.set('a', '1');
    await stage.vault.get('a');
    await stage.vault.get('a');

    expect(stage.identity.issued()).toBe(1);
  });

  it('waits and tries again when a busy vault does not say how long to wait', async () => {
    stage.faults.throttle(2);
    const { version } = await stage.vault.set('busy', canary);

    expect(stage.clock.slept).toEqual([1_000, 2_000]);
    expect((await stage.vault.get('busy', version)).value).toBe(canary);
  });

  it('waits as long as a busy vault asks for, within a limit', async () => {
    stage.faults.throttle(1, 7);
    stage.faults.throttle(1, 3_600);
    await stage.vault.set('busy', canary);

    expect(stage.clock.slept).toEqual([7_000, 30_000]);
  });

  it('gives up on a vault that stays busy, with an error that invites another try', async () => {
    stage.faults.throttle(Number.POSITIVE_INFINITY);
    const error = await failureOf(stage.vault.set('busy', canary));

    expect(error).toMatchObject({ code: 'vault.throttled', retryable: true });
    expect(stage.clock.slept).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000]);
  });

  it('names the setting when the vault does not answer, after a few tries', async () => {
    const { url } = stage.server;
    await stage.server.close();
    const error = await failureOf(stage.vault.get('anything'));

    expect(error).toMatchObject({ code: 'vault.unreachable', retryable: true });
    expect(error.message).toContain('KEY_VAULT_URL');
    expect(error.message).toContain(url);
    expect(stage.clock.slept).toEqual([1_000, 2_000, 4_000]);
  });

  it('does not wait for ever for a vault that takes the call and stays silent', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const url = `https://localhost:${(silent.address() as AddressInfo).port}`;
    const error = await failureOf(stage.connect({ url, answerWithinMs: 20 }).get('anything'));
    silent.close();

    expect(error).toMatchObject({ code: 'vault.unreachable', retryable: true });
    expect(error.message).toContain('no answer in time');
  });

  it('does not trust a certificate of an unknown authority, and says what to set', async () => {
    const stranger = await openVaultStage({ tls: createSelfSigned() });
    const error = await failureOf(stranger.vault.get('anything'));
    await stranger.close();

    expect(error).toMatchObject({ code: 'vault.unreachable', retryable: false });
    expect(error.message).toContain('not trusted');
    expect(error['hint']).toContain('EXTRA_CA_FILE');
  });

  it('names the role and the permissions when the vault forbids a call', async () => {
    stage.faults.forbid('set');
    const error = await failureOf(stage.vault.set('locked', canary));

    expect(error).toMatchObject({ code: 'vault.forbidden', retryable: false });
    expect(error['hint']).toMatch(/Key Vault Secrets Officer.*get and set/);
    expect(stage.clock.slept).toEqual([]);
  });

  it('tells a disabled version from a missing permission', async () => {
    const { version } = await stage.vault.set('off', canary);
    await admin().updateSecretProperties('off', version, { enabled: false });

    const error = await failureOf(stage.vault.get('off', version));
    expect(error).toMatchObject({ code: 'vault.disabled', hint: expect.stringContaining('--enabled true') });
  });

  it('says how to recover a name that a deleted secret holds', async () => {
    await stage.vault.set('deleted', canary);
    await (await admin().beginDeleteSecret('deleted', { intervalInMs: 10 })).pollUntilDone();

    const error = await failureOf(stage.vault.set('deleted', canary));
    expect(error).toMatchObject({ code: 'vault.conflict', retryable: false });
    expect(error['hint']).toContain('az keyvault secret recover');
    expect(await failureOf(stage.vault.get('deleted'))).toMatchObject({ code: 'vault.not-found' });
  });

  it('passes on that the client secret is wrong, without any part of it', async () => {
    signInAs(stage.identity.url, { ...sandboxClient, clientSecret: 'wrong-client-secret' });
    const error = await failureOf(stage.connect().get('anything'));

    expect(error).toMatchObject({ code: 'identity.rejected', retryable: false });
    expect(error.message).toContain('AADSTS7000215');
    expect(error['hint']).toContain('AZURE_CLIENT_SECRET');
    expect(JSON.stringify([error, error.message, error.stack, String(error.cause)])).not.toContain('wrong-client-secret');
  });

  it('says that signing in is out of reach when its address does not answer', async () => {
    signInAs('https://localhost:9', sandboxClient);
    const error = await failureOf(stage.connect().get('anything'));

    expect(error).toMatchObject({ code: 'identity.unreachable', retryable: true });
    expect(error['hint']).toContain('AZURE_AUTHORITY_HOST');
  });

  it('refuses a vault that names a foreign sign-in resource, unless told that this is right', async () => {
    const error = await failureOf(stage.connect({ verifyChallenge: true }).get('anything'));

    expect(error).toMatchObject({ code: 'vault.rejected' });
    expect(error['hint']).toContain('KEY_VAULT_VERIFY_CHALLENGE=false');
  });

  it('speaks an old API version when told to, and says which setting when the vault knows only that', async () => {
    const old = await openVaultStage({ apiVersions: ['7.0', '7.1'] });
    const error = await failureOf(old.vault.set('a', 'b'));
    expect(error).toMatchObject({ code: 'vault.rejected' });
    expect(error['hint']).toContain('KEY_VAULT_API_VERSION');

    const { version } = await old.connect({ apiVersion: '7.1' }).set('a', 'b');
    expect(version).toMatch(/^[0-9a-f]{32}$/);
    await old.close();
  });

  it('never repeats the value in an error, its cause, its details or its stack', async () => {
    stage.faults.forbid('set', 1);
    stage.faults.throttle(7);
    const errors = [
      await failureOf(stage.vault.set('a', canary)),
      await failureOf(stage.vault.set('a', canary)),
      await failureOf(stage.vault.set('not a name', canary)),
      await failureOf(stage.vault.set('a', canary.repeat(1_000))),
    ];

    expect(errors.map((error) => error['code'])).toEqual([
      'vault.forbidden',
      'vault.throttled',
      'vault.rejected',
      'vault.rejected',
    ]);
    for (const error of errors) {
      expect(JSON.stringify([error, error.message, error.stack, error.cause ?? null])).not.toContain('CANARY');
      expect(error.cause).toBeUndefined();
    }
  });
});

function admin(): SecretClient {
  return new SecretClient(stage.server.url, createCredential({ instanceDiscovery: false }), {
    disableChallengeResourceVerification: true,
  });
}
