/** The part of the composition that signs in. */
import type { TokenCredential } from '@azure/identity';
import type { Config } from './config/config';
import { isOfPublicAzure } from './contracts/azure-clouds';
import { lateAdapters } from './late-adapters';

/** For a service at an address. Loads what signs in when a token is first asked for: a start needs none. */
export function openCredential(config: Config, address: string): TokenCredential {
  let credential: TokenCredential | undefined;
  return {
    async getToken(scopes, options) {
      credential ??= createCredentialFor(config, address);
      return credential.getToken(scopes, options);
    },
  };
}

/** Services of a stamp sign in where the stamp says, unless AZURE_AUTHORITY_HOST does; those of Azure where the SDK does. */
function createCredentialFor({ identity, stamp }: Config, address: string): TokenCredential {
  const { tenantId, authorityHost, instanceDiscovery } = identity;
  if (stamp === undefined || authorityHost !== undefined || isOfPublicAzure(address)) {
    return lateAdapters.identity().createCredential({ instanceDiscovery: instanceDiscovery ?? tenantId !== 'adfs' });
  }
  const named = { setting: 'AZURE_STACK_ARM_ENDPOINT', instead: 'AZURE_AUTHORITY_HOST' };
  const metadata = lateAdapters.stampMetadata().createStampMetadata(stamp.armEndpoint, named);
  return lateAdapters.stampCredential().createStampCredential({ metadata, tenantId, instanceDiscovery });
}
