/**
 * The list of secrets of App Service's admin resource provider (Microsoft.Web.Admin) over HTTPS: a GET with a token of
 * the sandbox's own identity, and rows that can be changed while it runs.
 *
 * Address, api-version and the members category, name and lifeRemaining come from one public script; the API is
 * unofficial, its shape is unproven, and no real stamp has been compared. It does not do: every other operation of the
 * provider, rotating secrets, time (rows stay as they are set), roles (use `answerWith`), the metadata of the admin ARM,
 * paging.
 */
import type { ServerCertificate } from '../certificates';
import { startHttpsServer, type HttpAnswer, type HttpRequest } from '../https-server';
import type { Identity } from '../identity/start-identity';

export interface AppServiceAdminOptions {
  readonly tls: ServerCertificate;
  readonly identity: Pick<Identity, 'authority' | 'verify'>;
  readonly port?: number;
}

export interface AppServiceAdmin {
  /** What APP_SERVICE_ADMIN_URL is set to. */
  readonly url: string;
  /** What APP_SERVICE_ADMIN_AUDIENCE is set to. */
  readonly audience: string;
  /** How many lists were given out. */
  listed(): number;
  setRows(rows: readonly object[]): void;
  /** To requests that passed authentication, instead of the rows; nothing for the rows again. */
  answerWith(answer: HttpAnswer | Promise<HttpAnswer> | undefined): void;
  close(): Promise<void>;
}

const audience = 'https://adminmanagement.sandbox.example/6e8a1f0c';
const location = '/subscriptions/8c1d6b52-0000-4000-8000-000000000003/providers/Microsoft.Web.Admin/locations/sandbox';
const apiVersion = '2018-02-01';

export async function startAppServiceAdmin({ tls, identity, port }: AppServiceAdminOptions): Promise<AppServiceAdmin> {
  let rows: readonly object[] = [];
  let instead: HttpAnswer | Promise<HttpAnswer> | undefined;
  let listed = 0;

  function answer({ method, url, headers }: HttpRequest): HttpAnswer | Promise<HttpAnswer> {
    const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
    if (token === undefined || identity.verify(token)?.aud !== audience) return unauthenticated();
    if (method !== 'GET' || url.pathname !== `${location}/secrets`) {
      return refuse(404, 'InvalidResourceType', `There is no ${method} ${url.pathname}.`);
    }
    if (url.searchParams.get('api-version') !== apiVersion) {
      return refuse(400, 'InvalidApiVersionParameter', `The api-version must be ${apiVersion}.`);
    }
    if (instead !== undefined) return instead;
    listed += 1;
    return { status: 200, body: rows };
  }

  function unauthenticated(): HttpAnswer {
    const headers = { 'www-authenticate': `Bearer authorization_uri="${identity.authority}", error="invalid_token"` };
    return { ...refuse(401, 'AuthenticationFailed', 'Authentication failed.'), headers };
  }

  const server = await startHttpsServer({ tls, port, answer });
  return {
    url: `${server.url}${location}`,
    audience,
    listed: () => listed,
    setRows(changed) {
      rows = changed;
    },
    answerWith(changed) {
      instead = changed;
    },
    close: () => server.close(),
  };
}

function refuse(status: number, code: string, message: string): HttpAnswer {
  return { status, body: { error: { code, message } } };
}
