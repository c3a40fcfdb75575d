import { HubkeepError } from '../errors/hubkeep-error';
import type { SystemSecretsDesk } from '../secrets/system-secrets-desk';
import { largestContent } from '../secrets/system-secrets-content';
import type { ApiRoute } from './api-route';
import type { ApiServices } from './api-services';
import { readBytes } from './read-request';
import { json } from './responses';

/** Handing SystemSecrets.JSON over, and asking how it is kept. It goes from the request to the vault and nowhere else. */
export function systemSecretsRoutes({ systemSecrets }: ApiServices): ApiRoute[] {
  return [
    {
      name: 'http-put-system-secrets',
      method: 'PUT',
      path: 'system-secrets',
      isAnonymous: false,
      summary: 'Stores the SystemSecrets.JSON in the body, byte for byte, in the vault: a new version when it differs.',
      rawBody: 'The file as it was downloaded.',
      success: { status: 200, answer: 'SystemSecretsStatus' },
      refusals: [400, 409, 413],
      async handle(request) {
        const { desk } = open(systemSecrets);
        const content = await readBytes(request, largestContent);
        await desk.put({ content, source: 'The body', way: 'http' });
        return json(200, await statusOf(desk));
      },
    },
    {
      name: 'http-get-system-secrets',
      method: 'GET',
      path: 'system-secrets',
      isAnonymous: false,
      summary: 'Whether SystemSecrets.JSON is kept, since when and where; never what is in it.',
      success: { status: 200, answer: 'SystemSecretsStatus' },
      refusals: [400],
      handle: async () => json(200, await statusOf(open(systemSecrets).desk)),
    },
  ];
}

async function statusOf(desk: SystemSecretsDesk) {
  const { warnings: _, ...status } = await desk.status();
  return status;
}

function open(desk: SystemSecretsDesk | undefined): { readonly desk: SystemSecretsDesk } {
  if (desk !== undefined) return { desk };
  throw new HubkeepError('http.bad-request', 'There is no vault here to keep SystemSecrets.JSON in.', {
    hint: 'Set KEY_VAULT_URL.',
  });
}
