import { codeOf } from '../errors/hubkeep-error';
import type { SqlSession } from '../ports/sql-server';
import type { BackupControl, BackupProgress, BackupRequest, DatabaseBackupParts } from './backup-parts';
import { createMovement, type Movement } from './movement';
import { openProgressMonitor } from './progress-monitor';
import { ownSessionId } from './statements';

export interface WatchedWork {
  readonly parts: DatabaseBackupParts;
  readonly request: BackupRequest;
  readonly control: BackupControl;
  /** What is done to the database, for messages; a backup unless told. */
  readonly doing?: string;
}

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
