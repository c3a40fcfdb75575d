import type { RunProblem } from '../contracts/run';
import type { Warning } from '../contracts/outcome';
import { html, type Html } from './html';
import type { Status } from './status';
import { timeInWords } from '../contracts/words';

/** Shown of each kind; the run's own document has them all. */
const mostShown = 20;

/** What went wrong in the last run and what else the operator should know, in words. */
export function problemsPart({ lastEnded, unreadable }: Status): Html | undefined {
  const problems = lastEnded?.problems ?? [];
  const warnings = lastEnded?.warnings ?? [];
  if (problems.length === 0 && warnings.length === 0 && unreadable.length === 0) return undefined;
  return html`<section>
    <h2>What needs attention</h2>
    ${lastEnded !== undefined && html`<p class="quiet">From the run of ${timeInWords(lastEnded.startedAt)}, which is ${lastEnded.status}.</p>`}
    <ul class="problems">
      ${unreadable.map(({ id, message }) => item('bad', `Recovery point ${id}`, { message }))}
      ${problems.slice(0, mostShown).map((problem) => item('bad', subjectOf(problem), problem))}
      ${warnings.slice(0, mostShown).map((warning) => item('doubtful', 'Warning', warning))}
    </ul>
  </section>`;
}

function subjectOf({ component, subject }: RunProblem): string {
  return [component, subject].filter((part) => part !== undefined).join(' ') || 'Run';
}

function item(mood: 'bad' | 'doubtful', what: string, { message, hint, code }: Partial<Warning>): Html {
  return html`<li class="${mood}">
    <strong>${what}</strong>:
    ${message}${hint !== undefined && html`<br /><span class="hint">${hint}</span>`}${code !== undefined && html` <code class="quiet">${code}</code>`}
  </li>`;
}
