import type { TokenCredential } from '@azure/identity';
import {
  AnonymousCredential,
  BlobServiceClient,
  newPipeline,
  StorageRetryPolicyType,
  type ContainerClient,
  type RequestPolicyFactory,
  type StoragePipelineOptions,
  type StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { HubkeepError } from '../../errors/hubkeep-error';

/** How to reach a storage account, in one of the three ways that Azure and Azure Stack Hub offer. */
export type AzureBlobAccount =
  | { readonly connectionString: string }
  | { readonly accountUrl: string; readonly credential: TokenCredential }
  | { readonly accountUrl: string; readonly sas: string };

type Credential = StorageSharedKeyCredential | AnonymousCredential | TokenCredential;

const timeToAnswer = 30_000;
/** Bytes per second of the slowest uplink that is still worth waiting for. */
const slowestUpload = 64 * 1024;

const pipelineOptions: StoragePipelineOptions = {
  // Waits 0, 1 and 3 seconds between its tries: what lasts longer is for the run's own retries.
  retryOptions: { maxTries: 4, retryDelayInMs: 1000, retryPolicyType: StorageRetryPolicyType.EXPONENTIAL },
  userAgentOptions: { userAgentPrefix: 'hubkeep' },
};

/** Opens a container without any request. A malformed account throws `config.invalid`. */
export function openContainer(account: AzureBlobAccount, container: string, apiVersion?: string): ContainerClient {
  return openService(account, apiVersion).getContainerClient(container);
}

/** Opens an account without any request; the credential of the client it gives can sign when it is an account key. */
export function openService(account: AzureBlobAccount, apiVersion?: string): BlobServiceClient {
  const { url, credential } = resolve(account);
  const pipeline = newPipeline(credential, pipelineOptions);
  pipeline.factories.unshift(timeLimit);
  if (apiVersion !== undefined) pipeline.factories.unshift(speakVersion(apiVersion));
  return new BlobServiceClient(url, pipeline);
}

function resolve(account: AzureBlobAccount): { url: string; credential: Credential } {
  if ('connectionString' in account) return resolveConnectionString(account.connectionString);
  if ('credential' in account) return { url: account.accountUrl, credential: account.credential };
  return { url: `${account.accountUrl}?${account.sas.replace(/^\?/, '')}`, credential: new AnonymousCredential() };
}

function resolveConnectionString(connectionString: string): { url: string; credential: Credential } {
  try {
    const { url, credential } = BlobServiceClient.fromConnectionString(connectionString);
    return { url, credential };
  } catch {
    // The SDK's own message may quote parts of the string, so it is not kept as the cause.
    throw new HubkeepError('config.invalid', 'BACKUP_STORAGE_CONNECTION_STRING is not a storage connection string', {
      hint: 'Copy it whole from the storage account: BlobEndpoint (or AccountName and EndpointSuffix) with AccountKey or SharedAccessSignature.',
    });
  }
}

/** The SDK has no option for the service version, and Azure Stack Hub refuses the one it sends. */
function speakVersion(apiVersion: string): RequestPolicyFactory {
  return {
    create: (next) => ({
      sendRequest: (request) => {
        request.headers.set('x-ms-version', apiVersion);
        return next.sendRequest(request);
      },
    }),
  };
}

/**
 * The SDK's own try timeout is only a wish to the server: a host that never answers would hold the run for ever. The
 * limit covers a request's tries together, until its answer starts; its HTTP client's `timeout` leaves timers behind.
 */
const timeLimit: RequestPolicyFactory = {
  create: (next) => ({
    async sendRequest(request) {
      // Not the body's own size: a body sent in pieces is a stream, which has none.
      const size = Number(request.headers.get('content-length') ?? 0);
      const abort = new AbortController();
      const timer = setTimeout(() => abort.abort(), timeToAnswer + (size / slowestUpload) * 1000);
      request.abortSignal = abort.signal;
      try {
        return await next.sendRequest(request);
      } finally {
        clearTimeout(timer);
      }
    },
  }),
};
