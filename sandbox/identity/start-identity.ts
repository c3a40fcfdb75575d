/**
 * A token endpoint over HTTPS that the real `DefaultAzureCredential` signs in to with a client secret, at Entra ID's
 * addresses and, for the tenant `adfs`, at those of AD FS.
 *
 * It does not do: certificates and federated tokens as client credentials, users, refresh tokens, instance discovery
 * (clients must switch it off), signing keys others could check, conditional access.
 */
import type { ServerCertificate } from '../certificates';
import { startHttpsServer, type HttpAnswer, type HttpRequest } from '../https-server';
import { createAccessTokens, type AccessTokenClaims } from './access-tokens';
import { refuse } from './token-errors';

export interface IdentityClient {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface IdentityOptions {
  readonly tls: ServerCertificate;
  readonly clients: readonly IdentityClient[];
  /** How long a token is good for. An hour when not given. */
  readonly tokenSeconds?: number;
  readonly port?: number;
}

export interface Identity {
  /** What AZURE_AUTHORITY_HOST is set to. */
  readonly url: string;
  /** The tenant whose address resources name in their challenges. */
  readonly authority: string;
  verify(token: string): AccessTokenClaims | undefined;
  /** How many tokens were handed out. */
  issued(): number;
  close(): Promise<void>;
}

export async function startIdentity({ tls, clients, tokenSeconds = 3600, port }: IdentityOptions): Promise<Identity> {
  const tokens = createAccessTokens();
  let issued = 0;

  function answer(request: HttpRequest, baseUrl: string): HttpAnswer {
    const [tenant = '', ...path] = request.url.pathname.split('/').filter(Boolean);
    const tenantClients = clients.filter((client) => client.tenantId === tenant);
    if (tenantClients.length === 0) return refuse(90002, tenant);
    const route = `${request.method} ${path.join('/')}`;
    if (/^GET (v2\.0\/)?\.well-known\/openid-configuration$/.test(route)) return openIdConfiguration(baseUrl, tenant);
    if (/^POST oauth2\/(v2\.0\/)?token$/.test(route)) return token(tenantClients, request.body, `${baseUrl}/${tenant}`);
    return { status: 404 };
  }

  function token(tenantClients: readonly IdentityClient[], body: string, issuer: string): HttpAnswer {
    const form = new URLSearchParams(body);
    const field = (name: string): string => form.get(name) ?? '';
    const client = tenantClients.find(({ clientId }) => clientId === field('client_id'));
    if (field('grant_type') !== 'client_credentials') return refuse(70003, field('grant_type'));
    if (client === undefined) return refuse(700016, field('client_id'));
    if (client.clientSecret !== field('client_secret')) return refuse(7000215, client.clientId);
    const resource = resourceOf(field('scope'));
    if (resource === undefined) return refuse(1002012, field('scope'));
    issued += 1;
    const grant = { aud: resource, iss: issuer, appid: client.clientId, tid: client.tenantId };
    return {
      status: 200,
      headers: { 'cache-control': 'no-store' },
      body: {
        token_type: 'Bearer',
        expires_in: tokenSeconds,
        ext_expires_in: tokenSeconds,
        access_token: tokens.issue(grant, tokenSeconds),
      },
    };
  }

  const server = await startHttpsServer({ tls, port, answer });
  return {
    url: server.url,
    authority: `${server.url}/${clients[0]?.tenantId ?? 'common'}`,
    verify: (text) => tokens.verify(text),
    issued: () => issued,
    close: () => server.close(),
  };
}

function openIdConfiguration(baseUrl: string, tenant: string): HttpAnswer {
  const oauth2 = tenant === 'adfs' ? `${baseUrl}/adfs/oauth2` : `${baseUrl}/${tenant}/oauth2/v2.0`;
  return {
    status: 200,
    body: {
      issuer: tenant === 'adfs' ? `${baseUrl}/adfs` : `${baseUrl}/${tenant}/v2.0`,
      token_endpoint: `${oauth2}/token`,
      authorization_endpoint: `${oauth2}/authorize`,
      end_session_endpoint: `${oauth2}/logout`,
      jwks_uri: `${baseUrl}/${tenant}/discovery/v2.0/keys`,
      token_endpoint_auth_methods_supported: ['client_secret_post'],
      response_types_supported: ['token'],
      subject_types_supported: ['pairwise'],
    },
  };
}

function resourceOf(scope: string): string | undefined {
  const resource = scope.split(' ').find((part) => part.endsWith('/.default'));
  return resource?.slice(0, -'/.default'.length).replace(/\/$/, '');
}
