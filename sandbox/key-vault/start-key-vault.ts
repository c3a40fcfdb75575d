/**
 * The secrets API of Key Vault over HTTPS, as the real `SecretClient` speaks it: challenge authentication against the
 * sandbox's own token endpoint, versions, soft delete, paging, the size limit, and faults on request.
 *
 * It does not do: keys and certificates, backup and restore of a secret, access policies and roles (use a fault),
 * networks and firewalls, purge protection and purging after the recovery time, validity dates, vaults without soft
 * delete. Statuses and messages come from the public documentation; no real vault has been compared.
 */
import path from 'node:path';
import type { ServerCertificate } from '../certificates';
import { startHttpsServer, type HttpAnswer, type HttpRequest } from '../https-server';
import type { Identity } from '../identity/start-identity';
import { createVaultFaults, type VaultFaults } from './faults';
import { createOperations, type SecretBody } from './operations';
import { createPage } from './page';
import { findRoute, type Operation } from './route';
import { openSecretStore } from './secret-store';
import { refusal, refusals, VaultRefusal } from './vault-refusal';

export interface KeyVaultOptions {
  /** Secrets are kept in `vault/` under it. */
  readonly directory: string;
  readonly tls: ServerCertificate;
  readonly identity: Pick<Identity, 'authority' | 'verify'>;
  readonly faults?: VaultFaults;
  /** What tokens must be made for. The audience of Azure's public cloud when not given. */
  readonly resource?: string;
  /** Any when not given. An Azure Stack Hub vault knows fewer than the SDK asks for. */
  readonly apiVersions?: readonly string[];
  readonly port?: number;
}

export interface KeyVault {
  /** What KEY_VAULT_URL is set to. */
  readonly url: string;
  /** Operations that passed authentication, in order. */
  readonly operations: readonly Operation[];
  close(): Promise<void>;
}

export async function startKeyVault(options: KeyVaultOptions): Promise<KeyVault> {
  const { identity, faults = createVaultFaults(), resource = 'https://vault.azure.net', apiVersions } = options;
  const store = openSecretStore(path.join(options.directory, 'vault'));
  const operations: Operation[] = [];

  function answer(request: HttpRequest, baseUrl: string): HttpAnswer {
    try {
      return authenticated(request) ? dispatch(request, baseUrl) : challenge();
    } catch (error) {
      if (error instanceof VaultRefusal) return error.answer;
      throw error;
    }
  }

  function authenticated({ headers }: HttpRequest): boolean {
    const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
    return token !== undefined && identity.verify(token)?.aud === resource;
  }

  function challenge(): HttpAnswer {
    const header = `Bearer authorization="${identity.authority}", resource="${resource}"`;
    const message = 'AKV10000: Request is missing a Bearer or PoP token.';
    return refusal(401, { code: 'Unauthorized', message }, { 'www-authenticate': header }).answer;
  }

  function dispatch({ method, url, body }: HttpRequest, baseUrl: string): HttpAnswer {
    const route = findRoute(method, url.pathname);
    if (route === undefined)
      throw refusal(404, { code: 'NotFound', message: `There is no operation ${method} ${url.pathname}.` });
    const { operation, name, version } = route;
    checkApiVersion(url.searchParams.get('api-version'), apiVersions);
    if (name !== '' && !/^[0-9a-zA-Z-]{1,127}$/.test(name)) {
      throw refusals.badParameter(`The request URI contains an invalid name: ${name}`);
    }
    operations.push(operation);
    const input = { name, version, body: parseBody(body), page: createPage(url) };
    return faults.apply(operation, () => createOperations(store, baseUrl)[operation](input));
  }

  const server = await startHttpsServer({ tls: options.tls, port: options.port, answer });
  return { url: server.url, operations, close: () => server.close() };
}

function checkApiVersion(asked: string | null, known: readonly string[] | undefined): void {
  if (asked === null) throw refusals.badParameter('api-version must be specified');
  if (known !== undefined && !known.includes(asked)) {
    throw refusals.badParameter(
      `The specified version (${asked}) is not recognized. Consider using the latest supported version (${known.at(-1)}).`,
    );
  }
}

function parseBody(text: string): SecretBody {
  if (text === '') return {};
  try {
    return JSON.parse(text) as SecretBody;
  } catch {
    throw refusals.badParameter('The request body is not valid JSON.');
  }
}
