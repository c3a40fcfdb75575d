import type { Drill } from '../contracts/drill';
import { bytesInWords, countInWords, durationInWords, timeInWords } from '../contracts/words';
import { html, type Html } from './html';
import type { Status } from './status';

/** What came of the last rehearsal, or that there was none. */
export function drillPart({ lastDrill, drillsScheduled, points }: Status): Html | undefined {
  if (points.length === 0) return undefined;
  if (lastDrill === undefined) {
    const how = drillsScheduled
      ? 'One is scheduled.'
      : 'None is scheduled: DRILL_SCHEDULE is off, or unset with nothing to restore on trial.';
    return html`<section>
      <h2>Drills</h2>
      <p>No restore has been rehearsed yet. ${how}</p>
    </section>`;
  }
  const { status, recoveryPoint, startedAt, problems } = lastDrill;
  return html`<section>
    <h2>Last drill: ${status}</h2>
    <p>${timeInWords(startedAt)}, of recovery point <code>${recoveryPoint ?? 'none'}</code>. ${resultsOf(lastDrill).join(' ')}</p>
    ${
      problems.length > 0 &&
      html`<ul>
        ${problems.map(({ message }) => html`<li>${message}</li>`)}
      </ul>`
    }
  </section>`;
}

function resultsOf({ verification, share, databases, recoveryTime }: Drill): string[] {
  const times = [
    [recoveryTime?.databasesSeconds, 'the databases'],
    [recoveryTime?.shareSeconds, 'the whole file share'],
  ] as const;
  const reckoned = times.flatMap(([seconds, what]) =>
    seconds == null ? [] : [`${durationInWords(seconds * 1_000)} for ${what}`],
  );
  return [
    ...(verification === undefined ? [] : [`${bytesInWords(verification.bytesRead)} of what is stored were read.`]),
    ...(share?.status === 'succeeded' ? [`${countInWords(share.files)} files were restored and compared.`] : []),
    ...(databases?.status === 'passed'
      ? [`${countInWords(databases.databases.length)} databases were restored and checked.`]
      : []),
    ...(reckoned.length === 0 ? [] : [`At that rate a restore takes ${reckoned.join(' and ')}.`]),
  ];
}
