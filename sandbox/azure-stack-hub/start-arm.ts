/**
 * The Azure Resource Manager of a stamp, as far as it tells everybody where to sign in: `GET /metadata/endpoints`.
 *
 * It does not do: anything else. The shape of its answer is Microsoft's documented one; no real stamp has been compared.
 */
import type { ServerCertificate } from '../certificates';
import { startHttpsServer, type HttpsServer } from '../https-server';

export interface ArmOptions {
  readonly tls: ServerCertificate;
  /** As a stamp tells it: with `/adfs` at the end where it signs in with AD FS. */
  readonly loginEndpoint: string;
  readonly audience: string;
}

/** Its URL is what AZURE_STACK_ARM_ENDPOINT is set to. */
export function startArm({ tls, loginEndpoint, audience }: ArmOptions): Promise<HttpsServer> {
  return startHttpsServer({
    tls,
    answer({ method, url }, baseUrl) {
      const asked = url.pathname === '/metadata/endpoints' && url.searchParams.get('api-version') === '1.0';
      if (method !== 'GET' || !asked) return { status: 404, body: { error: { code: 'InvalidResource', message: 'Not found.' } } };
      return {
        status: 200,
        body: {
          galleryEndpoint: `${baseUrl}/gallery/`,
          graphEndpoint: `${baseUrl}/graph/`,
          portalEndpoint: `${baseUrl}/portal/`,
          authentication: { loginEndpoint, audiences: [audience] },
        },
      };
    },
  });
}
