import { DefaultAzureCredential } from '@azure/identity';
import type { TokenCredential } from '@azure/identity';
import { translateIdentityError } from './translate-identity-error';

export interface CredentialOptions {
  /**
   * False for AD FS and disconnected stamps, where login.microsoftonline.com cannot be asked whether the authority
   * is genuine (IDENTITY_INSTANCE_DISCOVERY).
   */
  readonly instanceDiscovery: boolean;
  /** The authority that tokens come from; AZURE_AUTHORITY_HOST or public Azure when not given. */
  readonly authorityHost?: string;
}

/**
 * The credential every Azure client of this process signs in with: environment, workload identity, managed identity,
 * then what the person at this machine is signed in with. Throws `identity.rejected` or the retryable `identity.unreachable`.
 */
export function createCredential({ instanceDiscovery, authorityHost }: CredentialOptions): TokenCredential {
  const credential = new DefaultAzureCredential({
    disableInstanceDiscovery: !instanceDiscovery,
    ...(authorityHost === undefined ? {} : { authorityHost }),
    retryOptions: { maxRetries: 3, retryDelayInMs: 500, maxRetryDelayInMs: 4_000 },
  });
  return {
    async getToken(scopes, options) {
      try {
        return await credential.getToken(scopes, options);
      } catch (error) {
        throw translateIdentityError(error);
      }
    },
  };
}
