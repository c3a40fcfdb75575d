import type { HttpFunctionOptions } from '@azure/functions';
import type { Log } from '../ports/log';
import { durableClientInput, durableClientOf } from '../workflow/durable-client';
import type { ApiRoute } from './api-route';
import { answer } from './routes';

/** A route as the Functions host wants it. The host checks keys. */
export function toHttpFunction(route: ApiRoute, log: Log): HttpFunctionOptions {
  return {
    methods: [route.method],
    route: route.path,
    authLevel: route.isAnonymous ? 'anonymous' : 'function',
    // Whoever needs no key reaches nothing that holds one, and health answers where the engine's storage does not.
    extraInputs: route.isAnonymous ? [] : [durableClientInput()],
    handler: async (request, context) => {
      const query = Object.fromEntries(request.query);
      const { params } = request;
      const accept = request.headers.get('accept') ?? undefined;
      return answer(
        route,
        { params, query, accept, text: () => request.text(), stream: () => request.body ?? nothing() },
        { engine: durableClientOf(context), log },
      );
    },
  };
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // Requests without a body.
}
