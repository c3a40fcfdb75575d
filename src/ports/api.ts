/** One call of the HTTP API, whichever server took it. */
export interface ApiRequest {
  /** The parameters in its path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** What the caller would like to have: its Accept header. */
  readonly accept?: string | undefined;
  text(): Promise<string>;
  /** The body as it arrives, instead of `text`; nothing of it is kept. */
  stream(): AsyncIterable<Uint8Array>;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a server listens for. `path` is below `/api/`, with parameters in braces: `backups/{runId}`. */
export interface ApiEndpoint {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  /** Needs no key. */
  readonly isAnonymous: boolean;
  /** Never rejects: a failure is an answer too. */
  answer(request: ApiRequest): Promise<ApiResponse>;
}
