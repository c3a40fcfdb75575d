import { SecretClient } from '@azure/keyvault-secrets';
import { createCredential } from '../../src/adapters/azure-identity/create-credential';
import { restoreSystemSecrets } from '../../src/secrets/restore-system-secrets';
import { contentOf, eachWithKeepStage, secretName, type KeepStage } from './keep-stage';
import { failureOf, sandboxClient, signInAs } from './vault-stage';

let stage: KeepStage;
eachWithKeepStage((opened) => {
  stage = opened;
});

describe('a vault in trouble', () => {
  beforeEach(() => stage.drop(contentOf('trouble')));

  it('fails the component when what was stored does not read back, and is well again next time', async () => {
    // The first read finds nothing, so only the one after storing is altered.
    stage.faults.alterReads(2);
    expect((await stage.problemOf('run-1')).code).toBe('vault.mismatch');

    const { custody } = await stage.kept('run-2');
    expect((await restoreSystemSecrets(stage.vault, custody)).toString()).toBe(contentOf('trouble'));
  });

  it('throws when trying again can help, so that the engine does', async () => {
    stage.faults.throttle(Number.POSITIVE_INFINITY);
    expect(await failureOf(stage.keep('run-1'))).toMatchObject({ code: 'vault.throttled', retryable: true });

    stage.faults.clear();
    await stage.server.close();
    expect(await failureOf(stage.keep('run-2'))).toMatchObject({ code: 'vault.unreachable', retryable: true });
  });

  it('gets through when the vault is busy for a moment', async () => {
    stage.faults.throttle(1);
    stage.faults.throttle(1, 3);

    expect((await stage.kept('run-1')).custody.stored).toBe(true);
    expect(stage.clock.slept).toEqual([1_000, 3_000]);
  });

  it('fails the component when the vault forbids it', async () => {
    stage.faults.forbid('get');
    const problem = await stage.problemOf('run-1');

    expect(problem.code).toBe('vault.forbidden');
    expect(problem.hint).toContain('Key Vault Secrets Officer');
  });

  it('fails the component when the client secret is wrong', async () => {
    signInAs(stage.identity.url, { ...sandboxClient, clientSecret: 'expired' });

    expect(await stage.problemOf('run-1')).toMatchObject({
      code: 'identity.rejected',
      message: expect.stringContaining('AADSTS7000215'),
    });
  });

  it('fails the component when its name is held by a deleted secret', async () => {
    await stage.kept('run-1');
    const admin = new SecretClient(stage.server.url, createCredential({ instanceDiscovery: false }), {
      disableChallengeResourceVerification: true,
    });
    await (await admin.beginDeleteSecret(secretName, { intervalInMs: 10 })).pollUntilDone();

    const problem = await stage.problemOf('run-2');
    expect(problem.code).toBe('vault.conflict');
    expect(problem.hint).toContain('recover');
  });
});
