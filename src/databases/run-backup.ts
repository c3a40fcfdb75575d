import type { ErrorCode } from '../contracts/error-codes';
import { classifySqlError } from '../contracts/sql-errors/classify';
import { codeOf } from '../errors/hubkeep-error';
import type { SqlSession } from '../ports/sql-server';
import { createMovement, type Movement } from './movement';
import { applicationName } from './open-locked-session';
import { toProgress } from './progress-monitor';
import { findInHistory, type ProofQuestion } from './proof';
import { againWhenLost, pause, reconnect, type LockedWork } from './reconnect';
import { runWatched, type WatchedWork } from './run-watched';
import { asStepFailure, sqlNumberOf } from './sql-failure';
import { findRunningBackup } from './statements';
import { stopBackup } from './stop-backup';

export interface RunningBackup extends WatchedWork {
  /** BACKUP DATABASE. */
  readonly statement: string;
  readonly question: ProofQuestion;
}

const pollMs = 5_000;
const step = 'backing up';
/** It was our decision: the server may not have heard of it. */
const givenUp: readonly ErrorCode[] = ['run.cancelled', 'sql.stalled', 'sql.timed-out'];

/**
 * Runs BACKUP DATABASE and gives the session to go on with: another one when the connection broke and the server
 * finished the backup all the same. A broken connection is never taken for a failed backup without asking the server, and
 * a backup that is given up does not go on there.
 */
export async function runBackup(session: SqlSession, backup: RunningBackup): Promise<SqlSession> {
  try {
    return await runOrReconcile(session, backup);
  } catch (error) {
    if (givenUp.includes(codeOf(error))) await stopBackup(backup);
    throw error;
  }
}

async function runOrReconcile(session: SqlSession, backup: RunningBackup): Promise<SqlSession> {
  const { request, question } = backup;
  try {
    await runWatched(session, backup.statement, { ...backup, step });
    return session;
  } catch (error) {
    if (isFinishedAllTheSame(error)) return session;
    if (codeOf(error) !== 'sql.connection-lost') {
      throw asStepFailure(error, 'sql.backup-failed', `The backup of ${question.database} on ${request.server} failed`);
    }
    await session.close();
    return reconcile(backup, error);
  }
}

/** Only the row in msdb is missing: the backup is proven by its header. */
function isFinishedAllTheSame(error: unknown): boolean {
  const number = sqlNumberOf(error);
  return number !== undefined && classifySqlError(number, '').kind === 'warning';
}

/**
 * Waits for a BACKUP that may still run without us, then looks for it in the server's history. Waiting comes before the
 * lock: as long as that BACKUP runs, its session keeps it.
 */
async function reconcile(backup: RunningBackup, lost: unknown): Promise<SqlSession> {
  const movement = createMovement(backup, (progress) => backup.control.onProgress?.({ step, ...progress }));
  const session = await reconnect(backup, lost, (unlocked) => waitWhileRunning(unlocked, { backup, movement }));
  const work: LockedWork = { ...backup, session };
  try {
    if ((await againWhenLost(work, (held) => findInHistory(held, backup.question))) === undefined) throw lost;
    backup.parts.log.info('databases.backup-reconciled', { server: backup.request.server, database: backup.question.database });
    return work.session;
  } catch (error) {
    await work.session.close();
    throw error;
  }
}

interface Waiting {
  readonly backup: RunningBackup;
  readonly movement: Movement;
}

async function waitWhileRunning(session: SqlSession, { backup, movement }: Waiting): Promise<void> {
  const parameters = { database: backup.question.database, program: applicationName(backup.request) };
  for (;;) {
    const [running] = await session.query(findRunningBackup, parameters);
    if (running === undefined) return;
    const { percent, secondsLeft } = toProgress(running);
    movement.saw(percent, secondsLeft);
    const why = movement.verdict();
    if (why !== undefined) throw why;
    await pause(backup, pollMs);
  }
}
