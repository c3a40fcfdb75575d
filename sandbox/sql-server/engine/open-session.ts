import type { Login } from '../tds/login7';
import type { Connection, SessionHost } from '../tds/client';
import { refusalOf } from './database-access';
import { runBatch } from './run-batch';
import { localNow, type ServerState, type Session } from './server-state';

const firstSessionId = 51;

/** Checks a login and opens its session: 18456 for a wrong name or password, 4060 for a database that cannot be opened. */
export function openSession(server: ServerState, login: Login, hangUp: () => void): ReturnType<SessionHost['login']> {
  const known = server.logins.find(({ name }) => name.toLowerCase() === login.user.toLowerCase());
  const refused = { number: 18456, class: 14, state: 1, text: `Login failed for user '${login.user}'.` };
  if (known === undefined || known.password !== login.password) return { refused: [refused] };
  const database = server.databases.find(login.database === '' ? 'master' : login.database);
  const { readOnlyIntent, applicationName, hostName } = login;
  const refusal = database === undefined ? undefined : refusalOf(database, { server, session: { login: known, readOnlyIntent } });
  if (database === undefined || refusal !== undefined) {
    const text = `Cannot open database "${login.database}" requested by the login. The login failed.`;
    return { refused: [...(refusal?.messages ?? []), { number: 4060, class: 11, state: 1, text }, refused] };
  }
  const session: Session = {
    id: freeSessionId(server),
    login: known,
    applicationName,
    hostName,
    readOnlyIntent,
    openedAt: localNow(server),
    database: database.name,
    hangUp,
  };
  server.sessions.set(session.id, session);
  return { connection: connect(server, session) };
}

function connect(server: ServerState, session: Session): Connection {
  return {
    database: session.database,
    run: (request, reply, signal) => runBatch(request, { server, session, reply, signal, batch: request.statement }),
    ended() {
      server.locks.releaseAll(session.id);
      server.sessions.delete(session.id);
    },
  };
}

function freeSessionId(server: ServerState): number {
  let id = firstSessionId;
  while (server.sessions.has(id)) id++;
  return id;
}
