import * as z from 'zod';
import { HubkeepError } from '../../errors/hubkeep-error';
import { messageOf } from '../../errors/message-of';
import { readAtMost } from '../read-at-most';

/** What the Azure Resource Manager of a stamp tells everybody of the cloud it belongs to. */
export interface StampMetadata {
  /** Where tokens come from, without the tenant. */
  readonly authorityHost: string;
  /** AD FS instead of Entra ID: its only tenant is called `adfs`. */
  readonly isAdfs: boolean;
  /** What tokens for this Resource Manager are made for, none of them empty. */
  readonly audiences: readonly [string, ...string[]];
}

export interface StampMetadataSource {
  /** Asks once, and again after a failure. Throws the retryable `identity.unreachable`, or `identity.rejected` for an answer that is none. */
  read(): Promise<StampMetadata>;
}

const answerWithinMs = 15_000;
const largestAnswer = 1024 * 1024;
const path = '/metadata/endpoints?api-version=1.0';

const answerShape = z.object({
  authentication: z.object({
    loginEndpoint: z.url({ protocol: /^https$/ }),
    audiences: z.tuple([z.string().min(1)], z.string().min(1)),
  }),
});

export interface StampMetadataOptions {
  /** That named the endpoint, for errors. */
  readonly setting: string;
  /** The setting with which nothing need be asked. */
  readonly instead: string;
}

/** @param endpoint of the Resource Manager: `https://management.region.fqdn` */
export function createStampMetadata(endpoint: string, { setting, instead }: StampMetadataOptions): StampMetadataSource {
  let known: Promise<StampMetadata> | undefined;

  async function ask(): Promise<StampMetadata> {
    const text = await fetchText(endpoint).catch((cause: unknown) => {
      throw unreachable(`${setting} (${endpoint})`, { instead, cause });
    });
    const answer = answerShape.safeParse(parse(text));
    if (!answer.success) throw unexpected(`${setting} (${endpoint})`, instead);
    const { loginEndpoint, audiences } = answer.data.authentication;
    const { origin, pathname } = new URL(loginEndpoint);
    return { authorityHost: origin, isAdfs: /^\/adfs\/?$/i.test(pathname), audiences };
  }

  return {
    read() {
      known ??= ask().catch((error: unknown) => {
        known = undefined;
        throw error;
      });
      return known;
    },
  };
}

async function fetchText(endpoint: string): Promise<string> {
  const signal = AbortSignal.timeout(answerWithinMs);
  // Whoever could send it elsewhere would choose where passwords are sent to.
  const answer = await fetch(endpoint + path, { headers: { accept: 'application/json' }, redirect: 'error', signal });
  if (!answer.ok) {
    await answer.body?.cancel();
    throw new Error(`it answered ${answer.status}`);
  }
  const text = await readAtMost(answer, largestAnswer);
  if (text === undefined) throw new Error(`it answered more than ${largestAnswer} bytes`);
  return text;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

function unreachable(which: string, { instead, cause }: { instead: string; cause: unknown }): HubkeepError {
  const { cause: deeper } = cause as { cause?: unknown };
  return new HubkeepError('identity.unreachable', `${which} does not tell how to sign in: ${messageOf(deeper ?? cause)}`, {
    hint: `Check that this host can reach the ARM of the stamp; if its certificate comes from a private authority, set EXTRA_CA_FILE. With ${instead} set it is not asked.`,
    retryable: true,
    cause,
  });
}

function unexpected(which: string, instead: string): HubkeepError {
  return new HubkeepError('identity.rejected', `${which} does not answer ${path} as the ARM of a stamp does.`, {
    hint: `Check that it names the ARM of the stamp, or set ${instead} so that it need not be asked.`,
  });
}
