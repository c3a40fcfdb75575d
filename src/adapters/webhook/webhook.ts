import { HubkeepError } from '../../errors/hubkeep-error';
import type { Notifier } from '../../ports/notifier';

const timeoutMs = 15_000;

/** Posts one JSON document to an URL. */
export function createWebhook(url: string): Notifier {
  return {
    async notify(document) {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(document),
        signal: AbortSignal.timeout(timeoutMs),
      });
      await answer.body?.cancel();
      if (!answer.ok) throw new HubkeepError('internal', `NOTIFY_WEBHOOK_URL answered ${answer.status}`);
    },
  };
}
