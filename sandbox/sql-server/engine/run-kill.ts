import { sqlError } from '../tsql/sql-error';
import type { Kill } from '../tsql/statements';
import { hasServerPermission } from './permissions';
import type { RunContext } from './run-backup';

/** Answers at once; what the session runs ends a moment later. Throws 6102, 6104 and 6106 as SQL Server does. */
export function runKill({ sessionId }: Kill, { server, session }: RunContext): void {
  if (!hasServerPermission(session.login, 'ALTER ANY CONNECTION'))
    throw sqlError(6102, 'User does not have permission to use the KILL statement.', { class: 14 });
  if (sessionId === session.id) throw sqlError(6104, 'Cannot use KILL to kill your own process.');
  const victim = server.sessions.get(sessionId);
  if (victim === undefined) throw sqlError(6106, `Process ID ${sessionId} is not an active process ID.`);
  for (const running of server.running) if (running.sessionId === sessionId) running.drop();
  victim.hangUp();
}
