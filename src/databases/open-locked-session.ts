import { HubkeepError } from '../errors/hubkeep-error';
import type { SqlSession } from '../ports/sql-server';
import type { BackupRequest, DatabaseBackupParts } from './backup-parts';
import { acquireSessionLock } from './statements';

/** Long enough for the server to notice that the connection of an earlier attempt is gone. */
const defaultLockWaitMs = 10_000;

/** `program_name` of the connections of a run that back up. */
export function applicationName({ runId }: Pick<BackupRequest, 'runId'>): string {
  return `Hubkeep ${runId}`;
}

/**
 * A connection that holds the lock of one database: two activities cannot back it up at once. The lock ends with the
 * connection. Throws the retryable `sql.backup-failed` while another holds it. `beforeLock` runs on the new connection first.
 */
export async function openLockedSession(
  parts: DatabaseBackupParts,
  request: BackupRequest,
  beforeLock?: (session: SqlSession) => Promise<void>,
): Promise<SqlSession> {
  const session = await parts.sql.connect(request.server, { applicationName: applicationName(request) });
  try {
    await beforeLock?.(session);
    const [row] = await session.query(acquireSessionLock, {
      resource: `hubkeep:${request.database.toLowerCase()}`,
      waitMs: parts.lockWaitMs ?? defaultLockWaitMs,
    });
    if (Number(row?.['result'] ?? -1) < 0) throw busy(request);
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}

function busy(request: BackupRequest): HubkeepError {
  return new HubkeepError(
    'sql.backup-failed',
    `Hubkeep is already backing up or restoring ${request.database} on ${request.server}`,
    {
      hint: 'Wait for the other run, or end its connection if its host is gone (program_name in sys.dm_exec_sessions begins with Hubkeep).',
      retryable: true,
    },
  );
}
