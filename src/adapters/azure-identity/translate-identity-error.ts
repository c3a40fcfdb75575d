import { HubkeepError } from '../../errors/hubkeep-error';

// Without an answer from the authority MSAL throws the network error away and keeps only these names.
const unreachable =
  /endpoints_resolution_error|network_error|AbortError|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|socket hang up/;

/** Turns what `DefaultAzureCredential` throws into `identity.rejected` or the retryable `identity.unreachable`. */
export function translateIdentityError(error: unknown): HubkeepError {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const refusal = /AADSTS\d+: .*?(?= Trace ID:|\n|$)/.exec(text)?.[0];
  if (refusal !== undefined) {
    return new HubkeepError('identity.rejected', `Signing in to Azure was refused. ${refusal}`, {
      hint: 'Check AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET; a client secret expires and must then be replaced.',
      cause: error,
    });
  }
  if (unreachable.test(text)) {
    return new HubkeepError('identity.unreachable', 'The address that signs in to Azure did not answer.', {
      hint: 'Check AZURE_AUTHORITY_HOST, DNS and the firewall; if its certificate comes from a private authority, set EXTRA_CA_FILE. AD FS and disconnected stamps need AZURE_STACK_ARM_ENDPOINT, or IDENTITY_INSTANCE_DISCOVERY=false.',
      retryable: true,
      cause: error,
    });
  }
  return new HubkeepError('identity.rejected', 'No credential for Azure could be used.', {
    hint: 'Give the host a managed identity, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.',
    cause: error,
  });
}
