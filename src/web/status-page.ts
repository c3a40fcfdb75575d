import { hash } from 'node:crypto';
import type { Phase, Progress } from '../contracts/run';
import { drillPart } from './drill-part';
import { failedRunsPart } from './failed-runs-part';
import { html, trusted, type Html } from './html';
import { problemsPart } from './problems-part';
import type { Status, StatusPoint } from './status';
import { style } from './style';
import { verdictOf } from './verdict';
import { bytesInWords, countInWords, durationInWords, plural, timeInWords } from '../contracts/words';

/** Seconds after which a page that shows a run is loaded again. */
const refreshEvery = 5;

/** In one piece: the hash below is of everything between its tags. */
const styleElement = trusted(`<style>${style}</style>`);

/** Nothing but the page itself and its own style is let in. */
export const statusPageHeaders = {
  'content-security-policy': `default-src 'none'; style-src 'sha256-${hash('sha256', style, 'base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
};

/** One page without scripts: whether there is something to go back to, what runs now, and what there was. */
export function statusPage(status: Status): string {
  const { stamp, running } = status;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        ${running !== undefined && html`<meta http-equiv="refresh" content="${refreshEvery}" />`}
        <title>Hubkeep: ${stamp}</title>
        ${styleElement}
      </head>
      <body>
        <header>
          <h1>Hubkeep</h1>
          <p>App Service on Azure Stack Hub · stamp <strong>${stamp}</strong></p>
        </header>
        <main>
          ${verdictPart(status)} ${runningPart(status)} ${problemsPart(status)} ${failedRunsPart(status)} ${drillPart(status)}
          ${pointsPart(status)}
        </main>
        ${footerPart(status)}
      </body>
    </html> `;
  return page.markup;
}

function verdictPart(status: Status): Html {
  const { mood, headline, reason } = verdictOf(status);
  const [newest] = status.points;
  return html`<section class="verdict ${mood}">
    <h2>${headline}</h2>
    <p>${reason}</p>
    ${newest !== undefined && html`<p class="quiet">No. ${newest.sequence} · <code>${newest.id}</code> · started ${timeInWords(newest.startedAt)}</p>`}
  </section>`;
}

const phases: Readonly<Record<Phase, string>> = {
  starting: 'Starting',
  copying: 'Copying',
  'databases-again': 'Taking the databases again, because the share took long',
  'catching-up': 'Catching up with what changed in the share meanwhile',
  committing: 'Putting the recovery point together',
  finishing: 'Finishing',
  ended: 'Ended',
};

function runningPart({ running, now }: Status): Html | undefined {
  if (running === undefined) return undefined;
  const { run, phase, progress } = running;
  return html`<section>
    <h2>A backup is running</h2>
    <p>
      <strong>${phases[phase]}</strong> · ${run.components.join(', ')} · for
      ${durationInWords(now.getTime() - Date.parse(run.startedAt))} ·
      <code>${run.runId}</code>${run.reason !== undefined && html` · ${run.reason}`}
    </p>
    ${
      progress.length > 0 &&
      html`<ul class="progress">
        ${progress.map(progressPart)}
      </ul>`
    }
  </section>`;
}

function progressPart({ activity, subject, percent, secondsLeft, files, bytes, note }: Progress): Html {
  const said = [
    percent === undefined ? undefined : `${Math.round(percent)} %`,
    secondsLeft === undefined ? undefined : `${durationInWords(secondsLeft * 1000)} left`,
    files === undefined ? undefined : plural(files, 'file'),
    bytes === undefined ? undefined : bytesInWords(bytes),
    note,
  ].filter((part) => part !== undefined);
  return html`<li>
    <span>${subject ?? activity}</span>${percent !== undefined && html`<progress max="100" value="${percent}"></progress>`}<span
      class="quiet"
      >${said.join(' · ')}</span
    >
  </li>`;
}

function pointsPart({ points, pointsInAll }: Status): Html {
  if (points.length === 0)
    return html`<section>
      <h2>Recovery points</h2>
      <p class="quiet">None yet.</p>
    </section>`;
  return html`<section>
    <h2>Recovery points</h2>
    <div class="wide">
      <table>
        <thead>
          <tr>
            <th class="number">No.</th>
            <th>Recovery point</th>
            <th>Started</th>
            <th>Outcome</th>
            <th>Components</th>
            <th class="number">Files</th>
            <th class="number">Size</th>
            <th class="number">Newly stored</th>
            <th class="number">Skew</th>
          </tr>
        </thead>
        <tbody>
          ${points.map(rowOf)}
        </tbody>
      </table>
    </div>
    <p class="quiet">
      A point leads to its runbook, which opens with the key added to its address (<code>?code=…</code>); or run
      <code>hubkeep runbook ID</code>.
    </p>
    ${
      pointsInAll > points.length &&
      html`<p class="quiet">The last ${points.length} of ${countInWords(pointsInAll)}; <code>hubkeep list</code> shows all.</p>`
    }
  </section>`;
}

function rowOf(point: StatusPoint): Html {
  const { id, sequence, outcome, components, startedAt, files, bytes, newBytes, skewSeconds, suspicion } = point;
  return html`<tr>
    <td class="number">${sequence}</td>
    <td>
      <a href="recovery-points/${id}/runbook"><code>${id}</code></a>
    </td>
    <td>${timeInWords(startedAt)}</td>
    <td>
      <span class="badge ${outcome}">${outcome}</span>
      ${suspicion !== undefined && html`<span class="badge suspect" title="${suspicion}">suspect</span>`}
    </td>
    <td>${components.join(', ')}</td>
    <td class="number">${files === null ? '–' : countInWords(files)}</td>
    <td class="number">${bytesInWords(bytes)}</td>
    <td class="number">${bytesInWords(newBytes)}</td>
    <td class="number">${skewSeconds === null ? '–' : durationInWords(skewSeconds * 1000)}</td>
  </tr>`;
}

function footerPart({ store, nextSlot, version, now }: Status): Html {
  return html`<footer>
    <dl>
      <dt>Kept in</dt>
      <dd><code>${store}</code></dd>
      <dt>Next scheduled run</dt>
      <dd>${nextSlot === undefined ? 'none' : timeInWords(nextSlot)}</dd>
      <dt>This page</dt>
      <dd>${timeInWords(now)} · Hubkeep ${version}</dd>
    </dl>
  </footer>`;
}
