import type { Component } from '../contracts/components';
import type { Status } from './status';
import { durationInWords } from '../contracts/words';

export interface Verdict {
  readonly mood: 'good' | 'doubtful' | 'bad';
  readonly headline: string;
  readonly reason: string;
}

/** After its slot a run has this long to appear before the night counts as missed. */
const graceMs = 60 * 60_000;

/** The one thing an operator wants to know: could we go back, and how far. */
export function verdictOf(status: Status): Verdict {
  const { points, lacking, running, lastEnded, now } = status;
  const [newest] = points;
  if (newest === undefined) {
    const reason = running === undefined ? 'Nothing can be restored until a backup has run.' : 'The first backup is running.';
    return { mood: running === undefined ? 'bad' : 'doubtful', headline: 'There is no recovery point yet', reason };
  }
  const headline = `The newest recovery point is ${ageOf(newest, now)}`;
  const lacks = lacking.length === 0 ? '' : ` ${lackingInWords(status)}`;
  if (lastEnded !== undefined && lastEnded.recoveryPoint === undefined && lastEnded.runId > newest.id) {
    return { mood: 'bad', headline, reason: `The run after it stored nothing: it is ${lastEnded.status}.${lacks}` };
  }
  if (nightIsMissing(status)) {
    return { mood: 'bad', headline, reason: `The last scheduled night has no recovery point.${lacks}` };
  }
  if (newest.suspicion !== undefined) return { mood: 'bad', headline, reason: `${suspicionInWords(status)}${lacks}` };
  if (lacking.length > 0) return { mood: 'doubtful', headline, reason: lackingInWords(status) };
  if (newest.outcome === 'partial')
    return { mood: 'doubtful', headline, reason: 'It is partial: not everything asked for is in it.' };
  if (status.lastDrill !== undefined && status.lastDrill.status !== 'succeeded') {
    return { mood: 'doubtful', headline, reason: 'It is complete, but the last drill did not succeed.' };
  }
  return { mood: 'good', headline, reason: 'It is complete: everything that is configured is in it.' };
}

/** A night is kept by a run that was to back up everything, whatever became of it: one of a part on demand is none. */
function nightIsMissing({ points, components, newestFull, running, lastSlot, now }: Status): boolean {
  const asked = points.find((point) => components.every((component) => point.components.includes(component))) ?? newestFull;
  if (asked === undefined || running !== undefined) return false;
  return Date.parse(asked.committedAt) < lastSlot.getTime() && now.getTime() - lastSlot.getTime() > graceMs;
}

function lackingInWords({ lacking, newestFull, now }: Status): string {
  const missing = `It lacks ${inWords(lacking)}.`;
  if (newestFull === undefined) return `${missing} No recent recovery point has everything that is configured.`;
  return `${missing} The newest that has everything is ${newestFull.id}, ${ageOf(newestFull, now)}.`;
}

/** Why the newest point is not to be relied upon, and which is. */
function suspicionInWords({ points, now }: Status): string {
  const sound = points.find(({ suspicion }) => suspicion === undefined);
  const instead =
    sound === undefined ? 'So are all that are shown here.' : `The newest that is not is ${sound.id}, ${ageOf(sound, now)}.`;
  return `It is marked suspect: ${points[0]?.suspicion ?? ''}. ${instead}`;
}

function ageOf({ startedAt }: { readonly startedAt: string }, now: Date): string {
  return `${durationInWords(now.getTime() - Date.parse(startedAt))} old`;
}

function inWords(components: readonly Component[]): string {
  const last = components.at(-1) ?? '';
  return components.length < 2 ? last : `${components.slice(0, -1).join(', ')} and ${last}`;
}
