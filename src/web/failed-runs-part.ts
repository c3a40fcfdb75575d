import type { RunSummary } from '../contracts/run';
import { html, type Html } from './html';
import type { Status } from './status';
import { timeInWords } from '../contracts/words';

/** Runs that ended without a recovery point since the newest that has everything, and why. */
export function failedRunsPart({ failedRuns }: Status): Html | undefined {
  if (failedRuns.length === 0) return undefined;
  return html`<section>
    <h2>Runs that stored nothing</h2>
    <ul class="problems">
      ${failedRuns.map(item)}
    </ul>
  </section>`;
}

function item(run: RunSummary): Html {
  const { runId, status, startedAt } = run;
  return html`<li class="${status === 'failed' ? 'bad' : 'doubtful'}">
    <strong>${timeInWords(startedAt)}, ${status}</strong>: ${reasonOf(run)}<br /><code class="quiet">${runId}</code>
  </li>`;
}

function reasonOf({ status, problems: [first, ...others] }: RunSummary): string {
  if (first === undefined) return status === 'cancelled' ? 'it was stopped before its end' : 'no reason is on record';
  return others.length === 0 ? first.message : `${first.message} (and ${others.length} more)`;
}
