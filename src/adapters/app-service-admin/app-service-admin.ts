import type { TokenCredential } from '@azure/identity';
import { HubkeepError, isHubkeepError } from '../../errors/hubkeep-error';
import type { SecretStatusSource } from '../../ports/secret-status';
import { readAtMost } from '../read-at-most';
import { parseSecretStatus } from './parse-secret-status';

export interface AppServiceAdminOptions {
  /** Of Microsoft.Web.Admin, up to and including `/locations/{region}`. */
  readonly url: string;
  /** What tokens are made for, or who tells. */
  readonly audience: string | (() => Promise<string>);
  readonly credential: TokenCredential;
  /** Longest wait for the whole answer, signing in included. 20 seconds when not given. */
  readonly answerWithinMs?: number;
}

const apiVersion = '2018-02-01';
/** A stamp has a few dozen secrets. */
const largestAnswer = 1024 * 1024;

/**
 * The list of secrets that the resource provider Microsoft.Web.Admin keeps for the admin portal. Its API is unofficial:
 * Microsoft documents neither address nor answer, and both may change with any update of App Service.
 */
export function createAppServiceAdmin(options: AppServiceAdminOptions): SecretStatusSource {
  const { url, audience, credential, answerWithinMs = 20_000 } = options;

  async function fetchText(signal: AbortSignal): Promise<string> {
    const resource = typeof audience === 'string' ? audience : await unlessAborted(signal, audience());
    const token = await unlessAborted(signal, credential.getToken(`${resource}/.default`, { abortSignal: signal }));
    const answer = await fetch(`${url}/secrets?api-version=${apiVersion}`, {
      headers: { authorization: `Bearer ${token?.token ?? ''}`, accept: 'application/json' },
      // The token is meant for this address alone.
      redirect: 'manual',
      signal,
    });
    if (answer.status === 200) {
      const text = await readAtMost(answer, largestAnswer);
      if (text !== undefined) return text;
      throw probeFailed(`answered more than ${largestAnswer} bytes`, { hint: checkUrl });
    }
    await answer.body?.cancel();
    throw probeFailed(`answered ${answer.status}`, { hint: hints[answer.status] ?? checkUrl });
  }

  return {
    async list() {
      const text = await fetchText(AbortSignal.timeout(answerWithinMs)).catch((error: unknown) => {
        throw isHubkeepError(error) ? error : unreachable(error, answerWithinMs);
      });
      const rows = parseSecretStatus(parse(text));
      if (rows.length > 0) return rows;
      throw probeFailed('answered JSON without any secret whose age or remaining life it tells', { hint: mayHaveChanged });
    },
  };
}

const checkUrl = 'Check APP_SERVICE_ADMIN_URL: its host, subscription and region.';
const mayHaveChanged =
  'The API behind APP_SERVICE_ADMIN_URL is unofficial and may have changed; take the setting out to go without the watch.';
const hints: Readonly<Record<number, string>> = {
  401: 'Check APP_SERVICE_ADMIN_AUDIENCE: the first of the audiences that the metadata of the admin ARM lists.',
  403: 'Give the identity Hubkeep signs in with the role Reader on the Default Provider Subscription.',
};

/** Signing in does not stop by itself when it is told to. */
async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** The parser's message quotes what it parsed, so it is not passed on. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw probeFailed(text.trimStart().startsWith('<') ? 'answered with a web page' : 'answered what is not JSON', {
      hint: mayHaveChanged,
    });
  }
}

function unreachable(error: unknown, answerWithinMs: number): HubkeepError {
  const why = nameOf(error) === 'TimeoutError' ? `did not answer within ${answerWithinMs / 1000} s` : 'cannot be reached';
  return probeFailed(why, {
    hint: `${checkUrl} If its certificate comes from a private authority, set EXTRA_CA_FILE.`,
    cause: error,
  });
}

function nameOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'name' in error ? error.name : undefined;
}

function probeFailed(why: string, options: { hint: string; cause?: unknown }): HubkeepError {
  return new HubkeepError('secrets.probe-failed', `APP_SERVICE_ADMIN_URL ${why}.`, options);
}
