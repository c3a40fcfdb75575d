import type { HttpData, RegisteredFunction, TypedData } from './functions-core';
import { triggerOf } from './invoke';

export interface HttpCall {
  readonly method: string;
  /** With the `/api` prefix, without query. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: string | Uint8Array | object;
  /** False calls without a function key, which the host refuses unless the function is anonymous. */
  readonly withKey?: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  json(): unknown;
}

export const origin = 'https://functions.test';

/** The function that a call reaches and the parameters in its path. */
export function route(functions: Iterable<RegisteredFunction>, call: HttpCall) {
  for (const target of functions) {
    const { kind, options } = triggerOf(target);
    if (kind !== 'http' || !(options['methods'] as string[]).includes(call.method.toUpperCase())) continue;
    const template = `/api/${(options['route'] as string | undefined) ?? target.metadata.name}`;
    const match = patternOf(template).exec(call.path);
    if (match)
      return { target, params: { ...match.groups } as Record<string, string>, isAnonymous: options['authLevel'] === 'anonymous' };
  }
  return undefined;
}

export function requestOf(call: HttpCall, params: Record<string, string>): TypedData {
  const url = new URL(call.path, origin);
  for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value);
  const isJson = call.body !== undefined && typeof call.body !== 'string' && !(call.body instanceof Uint8Array);
  const headers = { ...(isJson ? { 'content-type': 'application/json' } : {}), ...call.headers };
  const body = call.body === undefined ? undefined : { bytes: bytesOf(call.body) };
  return { http: { method: call.method.toUpperCase(), url: url.href, headers, params, query: { ...call.query }, body } };
}

export function answerOf(http: HttpData | undefined): HttpAnswer {
  const text = Buffer.from(http?.body?.bytes ?? []).toString('utf8');
  // The host answers 204 for a function that returns nothing.
  return {
    status: Number(http?.statusCode ?? 204),
    headers: { ...http?.headers },
    text,
    json: () => JSON.parse(text) as unknown,
  };
}

/** `backups/{runId}/cancel`, `{id?}`, `{*rest}` and constraints such as `{n:int}`, which are not checked. */
function patternOf(template: string): RegExp {
  const source = template
    .replace(/\/\{(\w+)(?::\w+)?\?\}/g, '(?:/(?<$1>[^/]+))?')
    .replace(/\{\*(\w+)\}/g, '(?<$1>.*)')
    .replace(/\{(\w+)(?::\w+)?\}/g, '(?<$1>[^/]+)');
  return new RegExp(`^${source}$`, 'i');
}

function bytesOf(body: string | Uint8Array | object): Uint8Array {
  if (body instanceof Uint8Array) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}
