import { messageOf } from '../../errors/message-of';
import type { ErrorCode } from '../../contracts/error-codes';
import { HubkeepError, isHubkeepError } from '../../errors/hubkeep-error';

/** What was being done when an SDK call failed. */
export interface StoreAction {
  /** A verb phrase that follows "cannot", with the key when there is one. */
  readonly doing: string;
  readonly location: string;
  /** True when a failed condition means that the key is taken. */
  readonly onlyIfAbsent?: boolean;
}

interface Verdict {
  readonly code: ErrorCode;
  readonly why: string;
  readonly hint?: string;
  readonly retryable?: boolean;
}

interface ServiceFailure {
  readonly status: number | undefined;
  readonly code: string;
  readonly message: string;
  readonly body: string;
  /** `x-ms-version` that was spoken. */
  readonly version: string;
}

const untrusted = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/;
/** Codes by which Node says that the call was wrong, not the network. */
const misuse = /^ERR_(?!STREAM)/;
const loginNames = /^(CredentialUnavailable|Authentication|AggregateAuthentication|AuthenticationRequired)Error$/;
const network = /ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|network/i;

/** The one place where failures of the storage SDK become ours; the original stays as the cause. */
export function translateStoreError(error: unknown, action: StoreAction): HubkeepError {
  if (isHubkeepError(error)) return error;
  const { code, why, hint, retryable } = judge(error, action);
  return new HubkeepError(code, `Cannot ${action.doing} in ${action.location}: ${why}`, {
    ...(hint === undefined ? {} : { hint }),
    retryable: retryable ?? false,
    cause: error,
  });
}

function judge(error: unknown, action: StoreAction): Verdict {
  const failure = readFailure(error);
  if (error instanceof Error && loginNames.test(error.name)) return judgeLogin(failure);
  if (failure.status === undefined) return judgeNetwork(error, failure, action);
  return judgeAnswer(failure, failure.status, action);
}

function judgeLogin({ message }: ServiceFailure): Verdict {
  const hint =
    'Give the host a managed identity or a service principal (AZURE_CLIENT_ID, AZURE_TENANT_ID, AZURE_CLIENT_SECRET), or set BACKUP_STORAGE_SAS or BACKUP_STORAGE_CONNECTION_STRING; Azure Stack Hub storage takes only the last two.';
  return { code: 'store.unauthorized', why: `no token could be had (${message})`, hint, retryable: network.test(message) };
}

function judgeNetwork(error: unknown, { code, message }: ServiceFailure, { location }: StoreAction): Verdict {
  const { host } = new URL(location);
  if (untrusted.test(code)) {
    const hint = `Set EXTRA_CA_FILE to a PEM file with the authority that signed the certificate of ${host}.`;
    return { code: 'store.unavailable', why: `the certificate of ${host} is not trusted (${code})`, hint };
  }
  if (error instanceof TypeError || error instanceof RangeError || misuse.test(code)) return { code: 'internal', why: message };
  const why = error instanceof Error && error.name === 'AbortError' ? 'no answer in time' : message;
  const hint = `Check that this host can reach ${host} and that BACKUP_STORAGE_URL or BACKUP_STORAGE_CONNECTION_STRING names the right one.`;
  return { code: 'store.unavailable', why: `${host} did not answer (${why})`, hint, retryable: true };
}

function judgeAnswer(failure: ServiceFailure, status: number, action: StoreAction): Verdict {
  const why = `${failure.message} (${[status, failure.code].join(' ').trim()})`;
  return judgeCode(failure, why) ?? judgeStatus(status, why, action);
}

function judgeCode({ code, body, version }: ServiceFailure, why: string): Verdict | undefined {
  if (code === 'BlobAlreadyExists') return { code: 'store.exists', why };
  if (code === 'BlobImmutableDueToPolicy') return { code: 'store.unauthorized', why, hint: immutableHint };
  if (code === 'InvalidHeaderValue' && /^$|x-ms-version|api version/i.test(body)) {
    return {
      code: 'config.invalid',
      why: `its storage service does not know the API version ${version} (${code})`,
      hint: olderThan(version),
    };
  }
  return transient.has(code) ? { code: 'store.unavailable', why, retryable: true } : undefined;
}

function judgeStatus(status: number, why: string, { onlyIfAbsent, location }: StoreAction): Verdict {
  if (status === 404) return { code: 'store.not-found', why };
  if (status === 412) return { code: onlyIfAbsent ? 'store.exists' : 'store.precondition-failed', why };
  if (status === 401 || status === 403) return { code: 'store.unauthorized', why, hint: unauthorizedHint };
  if (status >= 500 || status === 408 || status === 429) {
    return { code: 'store.unavailable', why: `${new URL(location).host} answered: ${why}`, retryable: true };
  }
  return { code: 'internal', why };
}

/** Answers below 500 that another try can change: damage on the way, a container on its way out, a lost race between writers. */
const transient = new Set(['Md5Mismatch', 'ContainerBeingDeleted', 'InvalidBlockList', 'OperationTimedOut']);

const immutableHint = 'An immutability policy or legal hold protects this blob until it ends.';
const unauthorizedHint =
  'Check BACKUP_STORAGE_CONNECTION_STRING, or BACKUP_STORAGE_URL with BACKUP_STORAGE_SAS (not expired; read, create, write, delete and list on the container) or, for an identity, the role Storage Blob Data Contributor.';

/** What stamps know, newest first; which of them depends on how old a stamp is. */
const versionsOfStamps = ['2019-07-07', '2019-02-02', '2017-11-09'];

function olderThan(version: string): string {
  const older = versionsOfStamps.filter((known) => known < version);
  return older.length === 0
    ? 'No older version that Hubkeep can speak is left: update the stamp, or keep the backups elsewhere.'
    : `Set STORAGE_API_VERSION to a version the stamp knows: try ${older.join(', then ')}.`;
}

interface Failed {
  readonly statusCode?: number;
  readonly code?: unknown;
  readonly request?: { readonly headers?: Headers };
  readonly response?: Answer;
}

interface Answer {
  readonly bodyAsText?: unknown;
  readonly headers?: Headers;
}

interface Headers {
  get(name: string): string | undefined;
}

/** Code of a refusal as the service words it; empty for anything else. The answer to a HEAD has no body, from which the SDK would take it. */
export function serviceCodeOf(error: unknown): string {
  const { code, response } = error as Failed;
  return typeof code === 'string' ? code : (response?.headers?.get('x-ms-error-code') ?? '');
}

function readFailure(error: unknown): ServiceFailure {
  const { statusCode, response, request } = error as Failed;
  const message = messageOf(error);
  return {
    status: statusCode,
    code: serviceCodeOf(error),
    message: (message.split('\n', 1)[0] ?? '').trim(),
    body: typeof response?.bodyAsText === 'string' ? response.bodyAsText : '',
    version: request?.headers?.get('x-ms-version') ?? '',
  };
}
