import type { SqlSession } from '../ports/sql-server';
import { applicationName } from './open-locked-session';
import type { RunningBackup } from './run-backup';
import { findRunningBackup } from './statements';
import { stopRunning } from './stop-running';

/** Sees to it that no BACKUP of this run and database goes on at the server once it was given up. Never fails. */
export async function stopBackup({ parts, request, question: { database } }: RunningBackup): Promise<void> {
  const program = applicationName(request);
  const find = (session: SqlSession) => session.query(findRunningBackup, { database, program });
  await stopRunning({ work: { parts, request: { ...request, database } }, what: 'backup', find });
}
