import { codeOf, HubkeepError } from '../errors/hubkeep-error';
import type { SqlSession } from '../ports/sql-server';
import { applicationName } from './open-locked-session';
import type { RunningBackup } from './run-backup';
import { sqlNumberOf } from './sql-failure';
import { findRunningBackup, killSession } from './statements';

const looks = 10;
const lookMs = 1_000;

/**
 * Sees to it that no BACKUP of this run and database goes on at the server once it was given up. Never fails: the reason
 * for giving up is worth more, so that what cannot be stopped is a warning in the log.
 */
export async function stopBackup(backup: RunningBackup): Promise<void> {
  const { parts, request, question } = backup;
  const where = { server: request.server, database: question.database };
  let session: SqlSession | undefined;
  try {
    session = await parts.sql.connect(request.server, { applicationName: applicationName(request) });
    if (await killAll(session, backup)) parts.log.info('databases.backup-stopped', where);
  } catch (error) {
    parts.log.warn('databases.not-stopped', { ...where, code: codeOf(error), number: sqlNumberOf(error) });
  } finally {
    await session?.close();
  }
}

/** False when there was nothing to stop. Waits for the end, which is when the server lets go of the files. */
async function killAll(session: SqlSession, { parts, request, question }: RunningBackup): Promise<boolean> {
  const find = () => session.query(findRunningBackup, { database: question.database, program: applicationName(request) });
  const running = await find();
  for (const row of running) await session.query(killSession(Number(row['sessionId'])));
  for (let look = 1; (await find()).length > 0; look++) {
    if (look === looks) throw new HubkeepError('sql.timed-out', `The backup of ${question.database} was killed and does not end`);
    await parts.clock.sleep(lookMs);
  }
  return running.length > 0;
}
