import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ClientSecretCredential } from '@azure/identity';
import { createCertificateAuthority, localNames } from '../../../sandbox/certificates';
import { startIdentity, type Identity } from '../../../sandbox/identity/start-identity';
import { trustExtraCa } from '../../../src/adapters/extra-ca';

const directory = mkdtempSync(path.join(os.tmpdir(), 'hubkeep-identity-'));
const authority = createCertificateAuthority();
const clients = ['contoso-tenant', 'adfs'].map((tenantId) => ({ tenantId, clientId: 'app', clientSecret: 'right' }));
const scope = 'https://vault.azure.net/.default';

let identity: Identity;
beforeAll(async () => {
  const file = path.join(directory, 'ca.pem');
  writeFileSync(file, authority.caPem);
  trustExtraCa(file);
  identity = await startIdentity({ tls: authority.issue(localNames), clients });
});
afterAll(async () => {
  await identity.close();
  rmSync(directory, { recursive: true });
});

function signIn(tenantId: string, clientId: string, clientSecret: string): ClientSecretCredential {
  return new ClientSecretCredential(tenantId, clientId, clientSecret, {
    authorityHost: identity.url,
    disableInstanceDiscovery: true,
  });
}

/** A request as any client would make it, to see the answer the SDK hides. */
function post(tenant: string, form: Record<string, string>): Promise<Response> {
  return fetch(`${identity.url}/${tenant}/oauth2/v2.0/token`, { method: 'POST', body: new URLSearchParams(form) });
}

const good = { grant_type: 'client_credentials', client_id: 'app', client_secret: 'right', scope };

describe('the token endpoint', () => {
  it.each(['contoso-tenant', 'adfs'])('gives the SDK a token for the resource it asked for: tenant %s', async (tenant) => {
    const { token, expiresOnTimestamp } = await signIn(tenant, 'app', 'right').getToken(scope);

    expect(identity.verify(token)).toMatchObject({ aud: 'https://vault.azure.net', appid: 'app', tid: tenant });
    expect(expiresOnTimestamp).toBeGreaterThan(Date.now() + 3_000_000);
  });

  it('knows its own tokens from changed, foreign and expired ones', async () => {
    const other = await startIdentity({ tls: authority.issue(localNames), clients, tokenSeconds: 0 });
    const answer = await fetch(`${other.url}/adfs/oauth2/token`, { method: 'POST', body: new URLSearchParams(good) });
    const { access_token: expired } = (await answer.json()) as { access_token: string };
    const { token } = await signIn('adfs', 'app', 'right').getToken(scope);
    await other.close();

    expect(other.verify(expired)).toBeUndefined();
    expect(other.verify(token)).toBeUndefined();
    expect(identity.verify(`${token.slice(0, -2)}AA`)).toBeUndefined();
    expect(identity.verify('opaque')).toBeUndefined();
  });

  it('refuses a wrong client secret as Entra ID does', async () => {
    const answer = await post('contoso-tenant', { ...good, client_secret: 'wrong' });

    expect(answer.status).toBe(401);
    expect(await answer.json()).toEqual({
      error: 'invalid_client',
      error_description: expect.stringMatching(
        /^AADSTS7000215: Invalid client secret provided\..*Trace ID: .*Correlation ID: .*Timestamp: /,
      ),
      error_codes: [7000215],
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/),
      trace_id: expect.any(String),
      correlation_id: expect.any(String),
      error_uri: 'https://login.microsoftonline.com/error?code=7000215',
    });
  });

  it.each([
    { what: 'an unknown application', change: { client_id: 'other' }, number: 700016 },
    { what: 'an unknown tenant', tenant: 'fabrikam', number: 90002 },
    { what: 'a user sign-in', change: { grant_type: 'password' }, number: 70003 },
    { what: 'a scope that is not a whole resource', change: { scope: 'https://vault.azure.net/read' }, number: 1002012 },
  ])('refuses $what', async ({ tenant = 'contoso-tenant', change = {}, number }) => {
    const answer = await post(tenant, { ...good, ...change });

    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error_codes: [number] });
  });
});
