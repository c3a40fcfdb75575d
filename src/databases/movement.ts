import { HubkeepError } from '../errors/hubkeep-error';
import type { SqlMessage } from '../ports/sql-server';
import { defaultStallMs, defaultTimeoutMs } from './backup-parts';
import type { WatchedWork } from './run-watched';

const percentMessage = 3211;

export type Movement = ReturnType<typeof createMovement>;

/** Remembers how far a statement is and since when; percents go up only, whoever tells them. */
export function createMovement(
  { parts, request, doing = 'backup' }: WatchedWork,
  report: (progress: { readonly percent: number; readonly secondsLeft?: number | undefined }) => void,
) {
  const now = () => parts.clock.now().getTime();
  const { stallMs = defaultStallMs, timeoutMs = defaultTimeoutMs } = parts;
  const subject = `The ${doing} of ${request.database} on ${request.server}`;
  const startedAt = now();
  let movedAt = startedAt;
  let furthest = 0;
  let lastSecondsLeft: number | undefined;

  function saw(percent: number, secondsLeft = lastSecondsLeft) {
    if (percent > furthest) movedAt = now();
    furthest = Math.max(furthest, percent);
    lastSecondsLeft = furthest < 100 ? secondsLeft : undefined;
    if (percent >= furthest) report({ percent: Math.floor(percent), secondsLeft: lastSecondsLeft });
  }

  return {
    saw,
    /** Any message shows that the statement lives. The text is localised; the number at its start is not. */
    heard({ number, text }: SqlMessage) {
      movedAt = now();
      const percent = number === percentMessage ? Number(/\d+/.exec(text)?.[0] ?? NaN) : NaN;
      if (!Number.isNaN(percent)) saw(percent);
    },
    /** Why to give up, if that is due. */
    verdict(): HubkeepError | undefined {
      if (now() - movedAt > stallMs) return stalled(subject, stallMs);
      return now() - startedAt > timeoutMs ? timedOut(subject, timeoutMs) : undefined;
    },
  };
}

function stalled(subject: string, stallMs: number): HubkeepError {
  return new HubkeepError('sql.stalled', `${subject} made no progress for ${Math.round(stallMs / 60_000)} minutes`, {
    hint: 'Look at sys.dm_exec_requests and the SQL Server error log: what waits usually waits for its disk. SQL_BACKUP_STALL_MINUTES says how long to wait.',
    retryable: true,
  });
}

function timedOut(subject: string, timeoutMs: number): HubkeepError {
  return new HubkeepError(
    'sql.timed-out',
    `${subject} was not done after ${Math.round(timeoutMs / 3_600_000)} hours and was stopped`,
    { hint: 'Raise SQL_BACKUP_TIMEOUT_HOURS, set SQL_BACKUP_STRIPES, or give SQL_BACKUP_DIRECTORY a faster disk.' },
  );
}
