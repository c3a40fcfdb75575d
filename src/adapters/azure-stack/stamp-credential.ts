import type { TokenCredential } from '@azure/identity';
import { HubkeepError } from '../../errors/hubkeep-error';
import { createCredential } from '../azure-identity/create-credential';
import type { StampMetadataSource } from './stamp-metadata';

export interface StampCredentialOptions {
  readonly metadata: StampMetadataSource;
  /** AZURE_TENANT_ID. */
  readonly tenantId: string | undefined;
  /** As the authority needs it when undefined. */
  readonly instanceDiscovery: boolean | undefined;
}

/**
 * The credential for services of a stamp: the same as everywhere, at the authority that the stamp names. Nothing is asked
 * before the first token. Throws as the metadata does, and as every credential.
 */
export function createStampCredential({ metadata, tenantId, instanceDiscovery }: StampCredentialOptions): TokenCredential {
  let signedIn: TokenCredential | undefined;

  async function open(): Promise<TokenCredential> {
    const { authorityHost, isAdfs } = await metadata.read();
    if (isAdfs && tenantId !== 'adfs') throw notAdfs(authorityHost);
    signedIn ??= createCredential({ authorityHost, instanceDiscovery: instanceDiscovery ?? !isAdfs });
    return signedIn;
  }

  return { getToken: async (scopes, options) => (await open()).getToken(scopes, options) };
}

function notAdfs(authorityHost: string): HubkeepError {
  return new HubkeepError(
    'identity.rejected',
    `The stamp signs in with AD FS (${authorityHost}), and AZURE_TENANT_ID is not adfs.`,
    {
      hint: 'Set AZURE_TENANT_ID=adfs, and AZURE_CLIENT_ID and AZURE_CLIENT_SECRET to a service principal of the stamp.',
    },
  );
}
