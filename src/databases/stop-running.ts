import { codeOf, HubkeepError } from '../errors/hubkeep-error';
import type { SqlRow, SqlSession } from '../ports/sql-server';
import { applicationName } from './open-locked-session';
import type { WatchedWork } from './run-watched';
import { sqlNumberOf } from './sql-failure';
import { killSession } from './statements';

export interface Stopping {
  readonly work: Pick<WatchedWork, 'parts' | 'request'>;
  /** `backup`, `restore`: what was given up. */
  readonly what: string;
  /** The sessions that still run it, as `sessionId`. */
  readonly find: (session: SqlSession) => Promise<SqlRow[]>;
}

const looks = 10;
const lookMs = 1_000;

/**
 * Sees to it that nothing of this run goes on at the server once it was given up. Never fails: the reason for giving up is
 * worth more, so that what cannot be stopped is a warning in the log.
 */
export async function stopRunning(stopping: Stopping): Promise<void> {
  const { parts, request } = stopping.work;
  const where = { server: request.server, database: request.database };
  let session: SqlSession | undefined;
  try {
    session = await parts.sql.connect(request.server, { applicationName: applicationName(request) });
    if (await killAll(session, stopping)) parts.log.info(`databases.${stopping.what}-stopped`, where);
  } catch (error) {
    parts.log.warn('databases.not-stopped', { ...where, code: codeOf(error), number: sqlNumberOf(error) });
  } finally {
    await session?.close();
  }
}

/** False when there was nothing to stop. Waits for the end, which is when the server lets go of the files. */
async function killAll(session: SqlSession, { work, what, find }: Stopping): Promise<boolean> {
  const running = await find(session);
  for (const row of running) await session.query(killSession(Number(row['sessionId'])));
  for (let look = 1; (await find(session)).length > 0; look++) {
    if (look === looks)
      throw new HubkeepError('sql.timed-out', `The ${what} of ${work.request.database} was killed and does not end`);
    await work.parts.clock.sleep(lookMs);
  }
  return running.length > 0;
}
