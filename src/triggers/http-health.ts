import { hubkeepVersion } from '../contracts/version';
import { HubkeepError, isHubkeepError } from '../errors/hubkeep-error';
import type { ApiRoute } from './api-route';
import { problemResponse } from './problem-response';
import { json } from './responses';

const route = {
  name: 'http-health',
  method: 'GET',
  path: 'health',
  isAnonymous: true,
  summary: 'Says that the app runs, and its version. Asks nothing of the store, since anybody may call it.',
  success: { status: 200, answer: 'Health' },
} as const;

export function healthRoute(): ApiRoute {
  return { ...route, handle: () => Promise.resolve(json(200, { status: 'ok', version: hubkeepVersion })) };
}

/** What is left of an app that could not be put together: it says which settings to look at, never what they hold. */
export function sickHealthRoute(cause: unknown): ApiRoute {
  const settings = isHubkeepError(cause) ? cause.details['settings'] : undefined;
  const error = new HubkeepError('config.invalid', 'Hubkeep is not configured, so nothing is backed up.', { cause });
  const which = settings === undefined ? '' : ` Look at ${settings}.`;
  const detail = `${error.message}${which} The log of the app says what is wrong.`;
  return { ...route, handle: () => Promise.resolve(problemResponse(error, { status: 503, detail })) };
}
