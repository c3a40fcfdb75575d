const apiVersion = '2018-03-28';

/** A request that storage refused, or that never got there (status 0). */
export class BlobRefusal extends Error {
  readonly status: number;
  /** `BlobAlreadyExists`, `LeaseIdMissing`, … */
  readonly code: string;

  constructor(message: string, { status, code, cause }: { status: number; code: string; cause?: unknown }) {
    super(message, { cause });
    this.status = status;
    this.code = code;
  }
}

export interface BlobPlace {
  readonly url: string;
  /** Query of a shared access signature, without the question mark. */
  readonly sas: string;
}

export interface BlobRequest {
  readonly method: 'PUT' | 'GET' | 'HEAD' | 'DELETE';
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** Sends one request of the blob service. Throws BlobRefusal for any answer but success. */
export async function sendBlobRequest(place: BlobPlace, request: BlobRequest): Promise<Response> {
  const query = [request.query, place.sas].filter((part) => part !== undefined && part !== '').join('&');
  const init = {
    method: request.method,
    headers: { 'x-ms-version': apiVersion, ...request.headers },
    ...(request.body === undefined ? {} : { body: new Uint8Array(request.body) }),
  };
  const response = await fetch(`${place.url}?${query}`, init).catch((error: unknown) => {
    throw new BlobRefusal('Storage cannot be reached', { status: 0, code: 'Unreachable', cause: error });
  });
  if (response.ok) return response;
  const text = await response.text();
  const code = response.headers.get('x-ms-error-code') ?? /<Code>([^<]+)/.exec(text)?.[1] ?? '';
  throw new BlobRefusal(/<Message>([^<\n]+)/.exec(text)?.[1] ?? response.statusText, { status: response.status, code });
}
