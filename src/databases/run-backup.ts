import { classifySqlError } from '../contracts/sql-errors/classify';
import { HubkeepError, isHubkeepError } from '../errors/hubkeep-error';
import type { SqlSession } from '../ports/sql-server';
import { defaultTimeoutMs, type BackupControl, type DatabaseBackupParts } from './backup-parts';
import { openLockedSession } from './open-locked-session';
import { toProgress } from './progress-monitor';
import { findInHistory, type ProofQuestion } from './proof';
import { runWatched, timedOut, type WatchedWork } from './run-watched';
import { asStepFailure, sqlNumberOf } from './sql-failure';
import { findRunningBackup } from './statements';

export interface RunningBackup extends WatchedWork {
  /** BACKUP DATABASE. */
  readonly statement: string;
  readonly question: ProofQuestion;
}

const reconnectDelaysMs = [1_000, 5_000, 15_000, 30_000];
const pollMs = 5_000;

/**
 * Runs BACKUP DATABASE and gives the session to go on with: another one when the connection broke and the server
 * finished the backup all the same. A broken connection is never taken for a failed backup without asking the server.
 */
export async function runBackup(session: SqlSession, backup: RunningBackup): Promise<SqlSession> {
  const { parts, request, question } = backup;
  try {
    await runWatched(session, backup.statement, { ...backup, step: 'backing up' });
    return session;
  } catch (error) {
    if (isFinishedAllTheSame(error)) return session;
    if (!isHubkeepError(error) || error.code !== 'sql.connection-lost') {
      throw asStepFailure(error, 'sql.backup-failed', `The backup of ${question.database} on ${request.server} failed`);
    }
    parts.log.warn('databases.connection-lost', { server: request.server, database: question.database });
    await session.close();
    return reconcile(backup, error);
  }
}

/** Only the row in msdb is missing: the backup is proven by its header. */
function isFinishedAllTheSame(error: unknown): boolean {
  const number = sqlNumberOf(error);
  return number !== undefined && classifySqlError(number, '').kind === 'warning';
}

/** Waits for a BACKUP that may still run without us, then looks for it in the server's history. */
async function reconcile(backup: RunningBackup, lost: HubkeepError): Promise<SqlSession> {
  const session = await reconnect(backup, lost);
  try {
    await waitWhileRunning(session, backup);
    if ((await findInHistory(session, backup.question)) === undefined) throw lost;
    backup.parts.log.info('databases.backup-reconciled', { server: backup.request.server, database: backup.question.database });
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}

async function reconnect({ parts, request, control }: RunningBackup, lost: HubkeepError): Promise<SqlSession> {
  for (const delay of reconnectDelaysMs) {
    await sleep(parts, delay, control);
    try {
      return await openLockedSession(parts, request);
    } catch (error) {
      if (!isHubkeepError(error) || !error.retryable) throw error;
    }
  }
  throw lost;
}

async function waitWhileRunning(session: SqlSession, { parts, request, control, question }: RunningBackup): Promise<void> {
  const { timeoutMs = defaultTimeoutMs } = parts;
  const startedAt = parts.clock.now().getTime();
  for (;;) {
    const [running] = await session.query(findRunningBackup, { database: question.database });
    if (running === undefined) return;
    const { percent, secondsLeft } = toProgress(running);
    control.onProgress?.({ step: 'backing up', percent: Math.floor(percent), secondsLeft });
    if (parts.clock.now().getTime() - startedAt > timeoutMs) throw timedOut(request, timeoutMs);
    await sleep(parts, pollMs, control);
  }
}

async function sleep(parts: DatabaseBackupParts, ms: number, { signal }: BackupControl): Promise<void> {
  await parts.clock.sleep(ms, signal).catch((cause: unknown) => {
    throw new HubkeepError('run.cancelled', 'The backup was cancelled', { cause });
  });
}
