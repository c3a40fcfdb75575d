import type { TokenCredential } from '@azure/identity';
import { SecretClient, type KeyVaultSecret, type SecretClientOptions } from '@azure/keyvault-secrets';
import type { Clock } from '../../ports/clock';
import type { SecretVault, StoredSecret } from '../../ports/secret-vault';
import { withBackOff } from './back-off';
import { translateVaultError, type VaultCall } from './translate-vault-error';
import { vaultLocation } from './vault-location';

export interface KeyVaultOptions {
  readonly url: string;
  readonly credential: TokenCredential;
  readonly clock: Clock;
  /** What the vault speaks; Azure Stack Hub's know only old ones. The newest the SDK knows when not given. */
  readonly apiVersion?: string | undefined;
  /** False where the vault's sign-in resource lies outside its own domain, as on Azure Stack Hub. */
  readonly verifyChallenge: boolean;
  /** Longest wait for one answer, signing in included. 15 seconds when not given. */
  readonly answerWithinMs?: number;
}

/** A Key Vault of Azure or Azure Stack Hub. */
export function createKeyVault(options: KeyVaultOptions): SecretVault {
  const { clock, answerWithinMs = 15_000 } = options;
  const url = vaultLocation(options.url);
  const client = new SecretClient(url, options.credential, clientOptions(options));

  function call<T>(request: Pick<VaultCall, 'name' | 'action'>, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return withBackOff(clock, async () => {
      try {
        return await work(AbortSignal.timeout(answerWithinMs));
      } catch (error) {
        throw translateVaultError(error, { url, ...request });
      }
    });
  }

  return {
    location: url,
    async set(name, value, { contentType, tags } = {}) {
      const stored = await call({ name, action: 'set' }, (abortSignal) =>
        client.setSecret(name, value, {
          abortSignal,
          ...(contentType === undefined ? {} : { contentType }),
          ...(tags === undefined ? {} : { tags: { ...tags } }),
        }),
      );
      return { version: toStoredSecret(stored).version };
    },
    async get(name, version) {
      const found = await call({ name, action: 'get' }, (abortSignal) =>
        client.getSecret(name, { abortSignal, ...(version === undefined ? {} : { version }) }),
      );
      return toStoredSecret(found);
    },
    async tag(name, version, tags) {
      await call({ name, action: 'set' }, (abortSignal) =>
        client.updateSecretProperties(name, version, { abortSignal, tags: { ...tags } }),
      );
    },
  };
}

function clientOptions({ apiVersion, verifyChallenge }: KeyVaultOptions): SecretClientOptions {
  return {
    disableChallengeResourceVerification: !verifyChallenge,
    // One policy of ours instead: it knows a limit and a 429 without Retry-After.
    retryOptions: { maxRetries: 0 },
    // The SDK's type lists only the versions it was built for; older ones work.
    ...(apiVersion === undefined ? {} : { serviceVersion: apiVersion as NonNullable<SecretClientOptions['serviceVersion']> }),
  };
}

function toStoredSecret({ value = '', properties }: KeyVaultSecret): StoredSecret {
  return {
    value,
    version: properties.version ?? '',
    tags: properties.tags ?? {},
    contentType: properties.contentType,
    createdAt: properties.createdOn ?? new Date(0),
  };
}
