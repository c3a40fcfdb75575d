export type Operation =
  'set' | 'get' | 'update' | 'delete' | 'list' | 'list-versions' | 'get-deleted' | 'list-deleted' | 'recover' | 'purge';

export interface Route {
  readonly operation: Operation;
  /** Empty for lists over all names. */
  readonly name: string;
  readonly version: string | undefined;
}

const table: readonly [method: string, path: RegExp, operation: Operation][] = [
  ['GET', /^\/secrets\/?$/, 'list'],
  ['PUT', /^\/secrets\/([^/]+)\/?$/, 'set'],
  ['DELETE', /^\/secrets\/([^/]+)\/?$/, 'delete'],
  ['GET', /^\/secrets\/([^/]+)\/versions\/?$/, 'list-versions'],
  // The SDK asks for the newest version with a trailing slash.
  ['GET', /^\/secrets\/([^/]+)(?:\/([^/]*))?$/, 'get'],
  ['PATCH', /^\/secrets\/([^/]+)\/([^/]*)$/, 'update'],
  ['GET', /^\/deletedsecrets\/?$/, 'list-deleted'],
  ['GET', /^\/deletedsecrets\/([^/]+)\/?$/, 'get-deleted'],
  ['DELETE', /^\/deletedsecrets\/([^/]+)\/?$/, 'purge'],
  ['POST', /^\/deletedsecrets\/([^/]+)\/recover\/?$/, 'recover'],
];

/** Which operation of the secrets API a request asks for; undefined when there is none at that address. */
export function findRoute(method: string, pathname: string): Route | undefined {
  for (const [routeMethod, pattern, operation] of table) {
    const match = method === routeMethod ? pattern.exec(pathname) : null;
    if (match) {
      return { operation, name: decodeURIComponent(match[1] ?? ''), version: match[2] === '' ? undefined : match[2] };
    }
  }
  return undefined;
}
