import { codeOf, HubkeepError } from '../errors/hubkeep-error';
import type { SqlMessage, SqlSession } from '../ports/sql-server';
import {
  defaultStallMs,
  defaultTimeoutMs,
  type BackupControl,
  type BackupProgress,
  type BackupRequest,
  type DatabaseBackupParts,
} from './backup-parts';
import { openProgressMonitor } from './progress-monitor';
import { ownSessionId } from './statements';

export interface WatchedWork {
  readonly parts: DatabaseBackupParts;
  readonly request: BackupRequest;
  readonly control: BackupControl;
}

const percentMessage = 3211;
const pollMs = 5_000;

/**
 * Runs a statement that may take hours, tells its progress, and stops it on the server when the signal aborts
 * (`run.cancelled`), when it has not moved for too long (the retryable `sql.stalled`) or takes too long in all
 * (`sql.timed-out`). Progress comes from a second connection, and from the statement's own messages beside it: they are
 * all there is where SQL_USER may not see what runs.
 */
export async function runWatched(
  session: SqlSession,
  statement: string,
  { step, ...work }: WatchedWork & { readonly step: BackupProgress['step'] },
): Promise<void> {
  const ended = new AbortController();
  const stop = new AbortController();
  const [own] = await session.query(ownSessionId);
  const movement = createMovement(work, (progress) => work.control.onProgress?.({ step, ...progress }));
  const watching = watch(work, { sessionId: Number(own?.['sessionId']), movement, ended: ended.signal, stop });
  try {
    await session.execute(statement, {
      onMessage: (message) => movement.heard(message),
      signal: AbortSignal.any([stop.signal, ...(work.control.signal === undefined ? [] : [work.control.signal])]),
    });
  } catch (error) {
    const reason: unknown = stop.signal.reason;
    throw codeOf(error) === 'run.cancelled' && stop.signal.aborted ? reason : error;
  } finally {
    ended.abort();
    await watching;
  }
}

interface Watch {
  readonly sessionId: number;
  readonly movement: Movement;
  readonly ended: AbortSignal;
  readonly stop: AbortController;
}

/** Looks every few seconds until the statement ends. Never fails: a watch that cannot see leaves the statement alone. */
async function watch(work: WatchedWork, { sessionId, movement, ended, stop }: Watch): Promise<void> {
  const { clock } = work.parts;
  const monitor = openProgressMonitor(work, sessionId);
  while (await passes(clock.sleep(pollMs, ended))) {
    const seen = await monitor.look();
    if (ended.aborted) break;
    if (seen !== undefined) movement.saw(seen.percent, seen.secondsLeft);
    const why = movement.verdict();
    if (why !== undefined && !stop.signal.aborted) stop.abort(why);
  }
  await monitor.close();
}

function passes(sleep: Promise<void>): Promise<boolean> {
  return sleep.then(
    () => true,
    () => false,
  );
}

type Movement = ReturnType<typeof createMovement>;

/** Remembers how far a statement is and since when; percents go up only, whoever tells them. */
function createMovement(
  { parts, request }: WatchedWork,
  report: (progress: { readonly percent: number; readonly secondsLeft?: number | undefined }) => void,
) {
  const now = () => parts.clock.now().getTime();
  const { stallMs = defaultStallMs, timeoutMs = defaultTimeoutMs } = parts;
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
      if (now() - movedAt > stallMs) return stalled(request, stallMs);
      return now() - startedAt > timeoutMs ? timedOut(request, timeoutMs) : undefined;
    },
  };
}

export function stalled({ database, server }: BackupRequest, stallMs: number): HubkeepError {
  return new HubkeepError(
    'sql.stalled',
    `The backup of ${database} on ${server} made no progress for ${Math.round(stallMs / 60_000)} minutes`,
    {
      hint: 'Look at sys.dm_exec_requests and the SQL Server error log: a backup that waits usually waits for its disk. SQL_BACKUP_STALL_MINUTES says how long to wait.',
      retryable: true,
    },
  );
}

export function timedOut({ database, server }: BackupRequest, timeoutMs: number): HubkeepError {
  return new HubkeepError(
    'sql.timed-out',
    `The backup of ${database} on ${server} was not done after ${Math.round(timeoutMs / 3_600_000)} hours and was stopped`,
    { hint: 'Raise SQL_BACKUP_TIMEOUT_HOURS, set SQL_BACKUP_STRIPES, or give SQL_BACKUP_DIRECTORY a faster disk.' },
  );
}
