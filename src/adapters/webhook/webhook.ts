import { HubkeepError } from '../../errors/hubkeep-error';
import type { Notifier } from '../../ports/notifier';

const timeoutMs = 15_000;

/** Posts one JSON document to an URL. */
export function createWebhook(url: string): Notifier {
  return {
    async notify(document) {
      const answer = await post(url, document);
      await answer.body?.cancel();
      if (!answer.ok) throw unheard(url, `answered ${answer.status}`);
    },
  };
}

async function post(url: string, document: unknown): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(document),
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch (error) {
    throw unheard(url, 'cannot be reached', error);
  }
}

/** Names the host alone: the rest of such an URL is a secret. */
function unheard(url: string, why: string, cause?: unknown): HubkeepError {
  return new HubkeepError('notify.failed', `nobody was told of this run: NOTIFY_WEBHOOK_URL (${new URL(url).host}) ${why}`, {
    cause,
  });
}
