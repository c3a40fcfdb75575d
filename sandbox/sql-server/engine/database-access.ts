import { sqlError, type SqlError } from '../tsql/sql-error';
import { groupDatabase } from './availability-group';
import type { Database } from './databases';
import { mayEnter } from './permissions';
import type { ServerState, Session } from './server-state';

export interface AccessContext {
  readonly server: Pick<ServerState, 'group' | 'name'>;
  readonly session: Pick<Session, 'login' | 'readOnlyIntent'>;
}

/**
 * Why a session may not use a database: 916 without a user in it, 927 and 942 when it is not open, and for a database of an
 * availability group 983 while roles are being resolved, 976 or 978 on a secondary.
 */
export function refusalOf(database: Database, { server, session }: AccessContext): SqlError | undefined {
  const { login } = session;
  if (!mayEnter(login, database)) {
    const text = `The server principal "${login.name}" is not able to access the database "${database.name}" under the current security context.`;
    return sqlError(916, text, { class: 14 });
  }
  if (database.state === 'RESTORING')
    return sqlError(927, `Database '${database.name}' cannot be opened. It is in the middle of a restore.`, { class: 14 });
  if (database.state !== 'ONLINE')
    return sqlError(942, `Database '${database.name}' cannot be opened because it is ${database.state}.`, { class: 14 });
  return refusalOfReplica(database, { server, session });
}

function refusalOfReplica({ name }: Database, { server, session }: AccessContext): SqlError | undefined {
  const { group } = server;
  if (group === undefined || groupDatabase(group, { name }) === undefined) return undefined;
  const role = group.roleOf(server.name);
  if (role === 'PRIMARY') return undefined;
  if (role === 'RESOLVING') {
    const text = `Unable to access availability database '${name}' because the database replica is not in the PRIMARY or SECONDARY role.`;
    return sqlError(983, text, { class: 14 });
  }
  const readable = group.replicas().find((replica) => replica.name === server.name)?.readable ?? 'NO';
  if (readable === 'ALL' || (readable === 'READ_ONLY' && session.readOnlyIntent)) return undefined;
  const subject = `The target database, '${name}', is participating in an availability group and is currently`;
  return readable === 'NO'
    ? sqlError(976, `${subject} not accessible for queries.`, { class: 14 })
    : sqlError(978, `${subject} accessible for connections when the application intent is set to read only.`, { class: 14 });
}
