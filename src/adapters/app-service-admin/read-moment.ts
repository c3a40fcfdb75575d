import type { LastUpdated } from '../../ports/secret-status';

const dayMs = 86_400_000;
/** What .NET writes where it has no date is long before. */
const earliestYear = 2000;

/** Days from a number of days, a .NET time span (`364.23:59:59`) or an ISO 8601 duration (`P364DT12H`). */
export function readDays(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  const plain = /^([+-]?\d+(?:\.\d+)?)(?: *days?)?$/i.exec(text)?.[1];
  if (plain !== undefined) return Number(plain);
  return daysOfTimeSpan(text) ?? daysOfDuration(text);
}

function daysOfTimeSpan(text: string): number | undefined {
  const match = /^(-?)(?:(\d+)\.)?(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?$/.exec(text);
  if (match === null) return undefined;
  const [, sign, days = '0', hours, minutes, seconds = '0'] = match;
  const whole = Number(days) + Number(hours) / 24 + Number(minutes) / 1440 + Number(seconds) / 86_400;
  return sign === '-' ? -whole : whole;
}

/** Years and months count as 365 and 30 days, which is near enough to see them rise. */
const daysOfUnit = [365, 30, 7, 1, 1 / 24, 1 / 1440, 1 / 86_400];

const amountsOf = (units: string) => [...units].map((unit) => String.raw`(?:(\d+(?:\.\d+)?)${unit})?`).join('');
const duration = new RegExp(String.raw`^([+-]?)P(?=.*\d)${amountsOf('YMWD')}(?:T${amountsOf('HMS')})?$`, 'i');

function daysOfDuration(text: string): number | undefined {
  const match = duration.exec(text);
  if (match === null) return undefined;
  const [, sign, ...amounts] = match;
  const whole = amounts.reduce((sum, amount: string | undefined, i) => sum + Number(amount ?? 0) * (daysOfUnit[i] ?? 0), 0);
  return sign === '-' ? -whole : whole;
}

/**
 * A date in ISO 8601, or as older .NET writes it (`/Date(…)/`). Without a zone it is taken for UTC. Other spellings are
 * left alone: nobody can tell day from month in them.
 */
export function readMoment(value: unknown): LastUpdated | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  const ticks = /^\/Date\((-?\d+)(?:[+-]\d{4})?\)\/$/.exec(text)?.[1];
  if (ticks !== undefined) return within(Number(ticks), 0);
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return within(Date.parse(text), dayMs - 1);
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text)) return undefined;
  return within(Date.parse(/(?:Z|[+-]\d{2}:?\d{2})$/i.test(text) ? text : `${text}Z`), 0);
}

function within(from: number, lengthMs: number): LastUpdated | undefined {
  const date = new Date(from);
  return date.getUTCFullYear() >= earliestYear ? { from: date, to: new Date(from + lengthMs) } : undefined;
}
