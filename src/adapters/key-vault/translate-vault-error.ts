import { HubkeepError, isHubkeepError, type HubkeepErrorOptions } from '../../errors/hubkeep-error';
import type { ErrorCode } from '../../contracts/error-codes';

export interface VaultCall {
  readonly url: string;
  readonly name: string;
  readonly action: 'set' | 'get';
}

/** The parts of an SDK error that may be used: never its request or response, which can hold the secret. */
interface ServiceError {
  readonly statusCode: number | undefined;
  readonly code: string;
  readonly innerCode: string;
  readonly message: string;
  /** What a 429 asked for, when it said so in seconds. */
  readonly retryAfterMs: number | undefined;
}

/** Turns what `SecretClient` throws into an error of ours, without keeping the SDK's error as its cause. */
export function translateVaultError(error: unknown, call: VaultCall): HubkeepError {
  if (isHubkeepError(error)) return error;
  const failure = describe(error);
  const fail = (code: ErrorCode, message: string, options: HubkeepErrorOptions): HubkeepError =>
    new HubkeepError(code, message, { ...options, details: detailsOf(failure) });

  switch (failure.statusCode) {
    case undefined:
      return translateUnanswered(failure, call, fail);
    case 401:
      return fail('vault.forbidden', `Key Vault ${call.url} did not accept the sign-in.`, {
        hint: 'Check that the credential belongs to the tenant of the vault and that the clock of this host is right.',
      });
    case 403:
      return failure.innerCode === 'SecretDisabled' ? disabled(call, fail) : forbidden(call, failure.innerCode, fail);
    case 404:
      return fail('vault.not-found', `Secret ${call.name} is not in Key Vault ${call.url}.`, {
        hint: 'If it was deleted it can be recovered for a time: az keyvault secret list-deleted.',
      });
    case 408:
      return fail('vault.unreachable', `Key Vault ${call.url} took too long to take the request.`, { retryable: true });
    case 409:
      return failure.innerCode === 'ObjectIsDeletedButRecoverable' ? deletedName(call, fail) : crossed(call, fail);
    case 429:
      return fail('vault.throttled', `Key Vault ${call.url} is busy and asks to be called later.`, { retryable: true });
    default:
      return failure.statusCode >= 500
        ? fail('vault.unreachable', `Key Vault ${call.url} (KEY_VAULT_URL) failed with status ${failure.statusCode}.`, {
            retryable: true,
          })
        : fail('vault.rejected', `Key Vault ${call.url} rejected the request: ${failure.code}.`, {
            hint: 'On Azure Stack Hub set AZURE_STACK_ARM_ENDPOINT, or KEY_VAULT_API_VERSION to a version the vault knows, for example 7.1.',
          });
  }
}

type Fail = (code: ErrorCode, message: string, options: HubkeepErrorOptions) => HubkeepError;

function translateUnanswered(failure: ServiceError, call: VaultCall, fail: Fail): HubkeepError {
  if (failure.message.includes('challenge resource')) {
    return fail('vault.rejected', `Key Vault ${call.url} names a resource outside its own domain when asked for the sign-in.`, {
      hint: 'Check KEY_VAULT_URL. Vaults of Azure Stack Hub do so: there set AZURE_STACK_ARM_ENDPOINT, or KEY_VAULT_VERIFY_CHALLENGE=false.',
    });
  }
  if (/CERT|SELF_SIGNED|ISSUER|UNABLE_TO_VERIFY/.test(failure.code)) {
    return fail('vault.unreachable', `The certificate of Key Vault ${call.url} is not trusted (${failure.code}).`, {
      hint: 'Set EXTRA_CA_FILE to the certificate of the authority that issued it, and check KEY_VAULT_URL.',
    });
  }
  return fail('vault.unreachable', `Key Vault ${call.url} (KEY_VAULT_URL) did not answer (${failure.code}).`, {
    hint: 'Check KEY_VAULT_URL, DNS, the firewall of the vault and the way from this host to it.',
    retryable: true,
  });
}

const roleHint =
  'Give the identity of Hubkeep the role Key Vault Secrets Officer, or in an access policy the secret permissions get and set; also check the network rules of the vault.';
/** Reasons of a refusal that no role mends. */
const refusalHints: Readonly<Record<string, string>> = {
  ForbiddenByPolicy:
    'An Azure Policy of the vault forbids it, for example one that demands an expiry date of every secret: exempt this vault.',
  ForbiddenByFirewall: 'The network rules of the vault do not let this host in: allow its address or its subnet.',
  ForbiddenByConnection: 'The vault takes private connections only: give this host a way through its private endpoint.',
};

function forbidden({ url, name, action }: VaultCall, innerCode: string, fail: Fail): HubkeepError {
  return fail('vault.forbidden', `Key Vault ${url} does not allow to ${action} the secret ${name}.`, {
    hint: refusalHints[innerCode] ?? roleHint,
  });
}

function deletedName({ url, name }: VaultCall, fail: Fail): HubkeepError {
  return fail('vault.conflict', `The name ${name} is held by a deleted secret in Key Vault ${url}.`, {
    hint: `Recover it: az keyvault secret recover --vault-name VAULT --name ${name}. Its versions come back and new ones can be added.`,
  });
}

/** Somebody else writes it, deletes it or recovers it at this moment. */
function crossed({ url, name }: VaultCall, fail: Fail): HubkeepError {
  return fail('vault.conflict', `Something else is changing the secret ${name} in Key Vault ${url}.`, {
    hint: 'Try again in a moment.',
    retryable: true,
  });
}

function disabled({ url, name }: VaultCall, fail: Fail): HubkeepError {
  return fail('vault.disabled', `This version of the secret ${name} in Key Vault ${url} is disabled.`, {
    hint: 'Enable it (az keyvault secret set-attributes --enabled true), or store SystemSecrets.JSON again.',
  });
}

function describe(error: unknown): ServiceError {
  const { statusCode, code, name, message, details, response } = Object(error) as {
    statusCode?: number;
    code?: string;
    name?: string;
    message?: string;
    details?: { error?: { innerError?: { code?: string } } };
    response?: { headers: { get(header: string): string | undefined } };
  };
  const retryAfter = response?.headers.get('retry-after') ?? '';
  return {
    statusCode,
    // The SDK knows only that its call was aborted, which nothing but our time limit does.
    code: name === 'AbortError' ? 'no answer in time' : (code ?? name ?? 'unknown error'),
    innerCode: details?.error?.innerError?.code ?? '',
    message: message ?? '',
    retryAfterMs: /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1_000 : undefined,
  };
}

function detailsOf({ statusCode, code, retryAfterMs }: ServiceError): Record<string, string | number> {
  return {
    code,
    ...(statusCode === undefined ? {} : { status: statusCode }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}
