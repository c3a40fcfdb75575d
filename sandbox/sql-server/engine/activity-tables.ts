import type { Value } from '../tds/columns';
import { hasServerPermission } from './permissions';
import { localNow, type RunningRequest, type ServerState, type Session } from './server-state';
import { table, type TableReaders } from './table';

/** Sessions, and the long statements that run now. Who may not view the state of the server sees only their own. */
export const activityTables: TableReaders = {
  'sys.dm_exec_requests': ({ server, session }) =>
    table(
      `session_id int, start_time datetime, status nvarchar, command nvarchar, database_id int, percent_complete float,
      total_elapsed_time int, estimated_completion_time bigint`,
      [...server.running].filter(({ sessionId }) => sees(session, sessionId)).map((request) => describe(request, server)),
    ),
  'sys.dm_exec_sessions': ({ server, session }) =>
    table(
      `session_id int, login_time datetime, login_name nvarchar, program_name nvarchar, host_name nvarchar, status nvarchar,
      is_user_process bit, database_id int`,
      [...server.sessions.values()]
        .filter(({ id }) => sees(session, id))
        .map((open) => [
          open.id,
          open.openedAt,
          open.login.name,
          open.applicationName,
          open.hostName,
          [...server.running].some(({ sessionId }) => sessionId === open.id) ? 'running' : 'sleeping',
          true,
          server.databases.find(open.database)?.id ?? null,
        ]),
    ),
};

function sees(session: Session, sessionId: number): boolean {
  return session.id === sessionId || hasServerPermission(session.login, 'VIEW SERVER STATE');
}

function describe(request: RunningRequest, server: ServerState): Value[] {
  const elapsed = localNow(server).getTime() - request.startedAt.getTime();
  const left = request.percent > 0 ? Math.round((elapsed * (100 - request.percent)) / request.percent) : 0;
  const { sessionId, startedAt, command, databaseId, percent } = request;
  return [sessionId, startedAt, 'running', command, databaseId, percent, elapsed, left];
}
