import { HubkeepError, isHubkeepError } from '../errors/hubkeep-error';
import type { SqlMessage, SqlSession } from '../ports/sql-server';
import { defaultStallMs, type BackupControl, type BackupRequest, type DatabaseBackupParts } from './backup-parts';
import { openLockedSession } from './open-locked-session';
import { findInHistory, type ProofQuestion } from './proof';
import { asStepFailure } from './sql-failure';
import { backupToDisk, findRunningBackup } from './statements';

export interface DiskBackup {
  readonly parts: DatabaseBackupParts;
  readonly request: BackupRequest;
  readonly control: BackupControl;
  readonly question: ProofQuestion;
}

const percentMessage = 3211;
const reconnectDelaysMs = [1_000, 5_000, 15_000, 30_000];
const pollMs = 5_000;

/**
 * Runs BACKUP DATABASE and gives the session to go on with: another one when the connection broke and the server
 * finished the backup all the same. A broken connection is never taken for a failed backup without asking the server.
 */
export async function takeToDisk(session: SqlSession, backup: DiskBackup): Promise<SqlSession> {
  const { parts, request, control, question } = backup;
  const statement = backupToDisk({ ...question, compression: question.facts.compression });
  try {
    await session.execute(statement, {
      stallMs: parts.stallMs ?? defaultStallMs,
      onMessage: (message) => reportPercent(message, control),
      ...(control.signal === undefined ? {} : { signal: control.signal }),
    });
    return session;
  } catch (error) {
    if (!isHubkeepError(error) || error.code !== 'sql.connection-lost') {
      throw asStepFailure(error, 'sql.backup-failed', `The backup of ${question.database} on ${request.server} failed`);
    }
    parts.log.warn('databases.connection-lost', { server: request.server, database: question.database });
    await session.close();
    return reconcile(backup, error);
  }
}

/** Waits for a BACKUP that may still run without us, then looks for it in the server's history. */
async function reconcile(backup: DiskBackup, lost: HubkeepError): Promise<SqlSession> {
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

async function reconnect({ parts, request, control }: DiskBackup, lost: HubkeepError): Promise<SqlSession> {
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

async function waitWhileRunning(session: SqlSession, { parts, control, question }: DiskBackup): Promise<void> {
  for (;;) {
    const [running] = await session.query(findRunningBackup, { database: question.database });
    if (running === undefined) return;
    control.onProgress?.({ percent: Math.floor(Number(running['percentComplete'] ?? 0)) });
    await sleep(parts, pollMs, control);
  }
}

async function sleep(parts: DatabaseBackupParts, ms: number, { signal }: BackupControl): Promise<void> {
  await parts.clock.sleep(ms, signal).catch((cause: unknown) => {
    throw new HubkeepError('run.cancelled', 'The backup was cancelled', { cause });
  });
}

/** The text is localised; the number at its start is not. */
function reportPercent(message: SqlMessage, control: BackupControl): void {
  if (message.number !== percentMessage) return;
  const percent = Number(/\d+/.exec(message.text)?.[0] ?? NaN);
  if (!Number.isNaN(percent)) control.onProgress?.({ percent });
}
