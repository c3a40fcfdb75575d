import type { Value } from '../tds/columns';
import { sqlError } from '../tsql/sql-error';
import type { SqlFunctions } from './functions';
import { localNow } from './server-state';
import { convert } from './values';

const minuteMs = 60_000;
/** Milliseconds of the parts of a date that are all of one length. */
const partMs: Readonly<Record<string, number>> = {
  millisecond: 1,
  ms: 1,
  second: 1000,
  ss: 1000,
  minute: minuteMs,
  mi: minuteMs,
  hour: 60 * minuteMs,
  hh: 60 * minuteMs,
  day: 24 * 60 * minuteMs,
  dd: 24 * 60 * minuteMs,
};

export const dateFunctions: SqlFunctions = {
  getdate: { type: 'datetime', call: ({ server }) => localNow(server) },
  sysdatetime: { type: 'datetime', call: ({ server }) => localNow(server) },
  getutcdate: { type: 'datetime', call: () => new Date() },
  sysutcdatetime: { type: 'datetime', call: () => new Date() },
  sysdatetimeoffset: { type: 'datetime', call: ({ server }) => localNow(server) },
  datepart: {
    type: 'int',
    call: ({ server }, [part]) => (part === 'tzoffset' ? server.timeZone * 15 : refusePart(part)),
  },
  dateadd: {
    type: 'datetime',
    call: (_context, [part, count = null, date = null]) =>
      count === null || date === null ? null : new Date(timeOf(date) + Number(count) * lengthOf(part)),
  },
  datediff: {
    type: 'int',
    call: (_context, [part, from = null, to = null]) => {
      if (from === null || to === null) return null;
      const length = lengthOf(part);
      return convert(Math.floor(timeOf(to) / length) - Math.floor(timeOf(from) / length), 'int');
    },
  },
};

function timeOf(value: Value): number {
  return (convert(value, 'datetime') as Date).getTime();
}

function lengthOf(part: Value | undefined): number {
  return partMs[String(part)] ?? refusePart(part);
}

function refusePart(part: Value | undefined): never {
  throw sqlError(155, `'${String(part)}' is not a recognized datepart option.`, { class: 15 });
}
