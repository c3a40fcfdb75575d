import type { Status } from './status';
import { durationInWords } from './words';

export interface Verdict {
  readonly mood: 'good' | 'doubtful' | 'bad';
  readonly headline: string;
  readonly reason: string;
}

/** After its slot a run has this long to appear before the night counts as missed. */
const graceMs = 60 * 60_000;

/** The one thing an operator wants to know: could we go back, and how far. */
export function verdictOf({ points, running, lastEnded, lastSlot, now }: Status): Verdict {
  const [newest] = points;
  if (newest === undefined) {
    const reason = running === undefined ? 'Nothing can be restored until a backup has run.' : 'The first backup is running.';
    return { mood: running === undefined ? 'bad' : 'doubtful', headline: 'There is no recovery point yet', reason };
  }
  const headline = `The newest recovery point is ${durationInWords(now.getTime() - Date.parse(newest.startedAt))} old`;
  if (lastEnded !== undefined && lastEnded.recoveryPoint === undefined && lastEnded.runId > newest.id) {
    return { mood: 'bad', headline, reason: `The run after it stored nothing: it is ${lastEnded.status}.` };
  }
  const isLate = Date.parse(newest.committedAt) < lastSlot.getTime() && now.getTime() - lastSlot.getTime() > graceMs;
  if (isLate && running === undefined)
    return { mood: 'bad', headline, reason: 'The last scheduled night has no recovery point.' };
  if (newest.outcome === 'partial')
    return { mood: 'doubtful', headline, reason: 'It is partial: not everything asked for is in it.' };
  return { mood: 'good', headline, reason: 'It is complete: everything asked for is in it.' };
}
