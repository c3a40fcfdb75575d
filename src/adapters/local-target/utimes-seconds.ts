import type { Timestamp } from '../../ports/file-source';

/** Between neighbouring numbers of the size of a time in seconds: what utimes can tell apart. */
const step = 2 ** -22;

/**
 * What utimes has to be given for a time. Node takes a negative number for the present, and a Date before 1970 as it is:
 * such a time is kept to the millisecond. For any other it is a number. A double holds seconds to a quarter of a microsecond, so the time
 * comes out up to 120 ns off; where that would cross a millisecond, the neighbouring number on the right side is given.
 */
export function utimesSeconds(mtime: Timestamp): number | Date {
  if (mtime.startsWith('-')) return new Date(Math.floor(Number(mtime) * 1000));
  const [whole = '0', fraction = '0'] = mtime.split('.');
  const wanted = { seconds: Number(whole), ns: Number(fraction) };
  const nearest = Number(mtime);
  return [nearest, nearest + step, nearest - step].find((candidate) => showsSameMillisecond(candidate, wanted)) ?? nearest;
}

interface Time {
  readonly seconds: number;
  readonly ns: number;
}

/** For readers that count in whole nanoseconds, and for those that count in floating milliseconds as Node does. */
function showsSameMillisecond(candidate: number, wanted: Time): boolean {
  const seconds = Math.floor(candidate);
  const given = { seconds, ns: Math.floor((candidate - seconds) * 1e9) };
  if (given.seconds !== wanted.seconds) return false;
  const exact = Math.floor(given.ns / 1e6) === Math.floor(wanted.ns / 1e6);
  return exact && Math.floor(floating(given)) === Math.floor(floating(wanted));
}

function floating({ seconds, ns }: Time): number {
  return seconds * 1000 + ns / 1e6;
}
