import type { ErrorCode } from '../contracts/error-codes';
import { codeOf, HubkeepError, isHubkeepError } from '../errors/hubkeep-error';
import type { SqlSession } from '../ports/sql-server';
import { openLockedSession } from './open-locked-session';
import type { WatchedWork } from './run-watched';

/** Work that owns a session: always the one that holds the lock. */
export interface LockedWork extends WatchedWork {
  session: SqlSession;
}

const delaysMs = [1_000, 5_000, 15_000, 30_000];
/** What a moment may mend: the network, or a lock that the server still keeps for the connection that broke. */
const passing: readonly ErrorCode[] = ['sql.unreachable', 'sql.connection-lost', 'sql.backup-failed'];

/** A connection with the lock in place of the one that broke; after a few tries throws why that one was `lost`. */
export async function reconnect(
  work: WatchedWork,
  lost: unknown,
  beforeLock?: (session: SqlSession) => Promise<void>,
): Promise<SqlSession> {
  const { parts, request } = work;
  parts.log.warn('databases.connection-lost', { server: request.server, database: request.database });
  for (const delay of delaysMs) {
    await pause(work, delay);
    try {
      return await openLockedSession(parts, request, beforeLock);
    } catch (error) {
      if (!isHubkeepError(error) || !error.retryable || !passing.includes(error.code)) throw error;
    }
  }
  throw lost;
}

/** Takes a step that can be taken twice, the second time over a new connection when the first one broke in the middle. */
export async function againWhenLost<T>(work: LockedWork, step: (session: SqlSession) => Promise<T>): Promise<T> {
  try {
    return await step(work.session);
  } catch (error) {
    if (codeOf(error) !== 'sql.connection-lost') throw error;
    await work.session.close();
    work.session = await reconnect(work, error);
    return step(work.session);
  }
}

/** Throws `run.cancelled` when the signal aborts. */
export async function pause({ parts, control }: WatchedWork, ms: number): Promise<void> {
  await parts.clock.sleep(ms, control.signal).catch((cause: unknown) => {
    throw new HubkeepError('run.cancelled', 'The backup was cancelled', { cause });
  });
}
