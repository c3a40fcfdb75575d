import type { Value } from '../tds/columns';
import type { Database } from './databases';
import type { CallContext, SqlFunctions } from './functions';
import {
  databasePermissions,
  databaseRoles,
  databaseRolesOf,
  hasDatabasePermission,
  hasServerPermission,
  isServerRoleMember,
  isSysadmin,
  mayEnter,
  serverPermissions,
} from './permissions';

export const securityFunctions: SqlFunctions = {
  suser_sname: { type: 'nvarchar', call: ({ session }) => session.login.name },
  suser_name: { type: 'nvarchar', call: ({ session }) => session.login.name },
  original_login: { type: 'nvarchar', call: ({ session }) => session.login.name },
  has_perms_by_name: {
    type: 'int',
    call: (context, [securable = null, kind = null, permission = null]) =>
      hasPermission(context, { securable, kind, permission }),
  },
  has_dbaccess: {
    type: 'int',
    call: ({ server, session }, [name]) => {
      const database = server.databases.find(String(name));
      if (database === undefined) return null;
      return database.state === 'ONLINE' && mayEnter(session.login, database) ? 1 : 0;
    },
  },
  is_srvrolemember: {
    type: 'int',
    call: ({ server, session }, [role, name = session.login.name]) => {
      const login = server.logins.find((known) => known.name.toLowerCase() === String(name).toLowerCase());
      return login === undefined ? null : isServerRoleMember(login, String(role));
    },
  },
  is_member: { type: 'int', call: (context, [role]) => isMember(context, String(role).toLowerCase()) },
  is_rolemember: { type: 'int', call: (context, [role]) => isMember(context, String(role).toLowerCase()) },
};

interface Question {
  readonly securable: Value;
  readonly kind: Value;
  readonly permission: Value;
}

/** HAS_PERMS_BY_NAME for the server and for databases; NULL where the question itself is wrong, or about something else. */
function hasPermission({ server, session }: CallContext, question: Question): Value {
  const permission = String(question.permission).toUpperCase();
  const kind = question.kind === null ? 'SERVER' : String(question.kind).toUpperCase();
  if (kind === 'SERVER') {
    if (question.securable !== null || !known(permission, serverPermissions)) return null;
    const { login } = session;
    return permission === 'ANY' || hasServerPermission(login, permission) ? 1 : 0;
  }
  if (kind !== 'DATABASE' || !known(permission, databasePermissions)) return null;
  const database = server.databases.find(question.securable === null ? session.database : unquoted(String(question.securable)));
  if (database === undefined) return null;
  return hasInDatabase(database, permission, { server, session }) ? 1 : 0;
}

function hasInDatabase(database: Database, permission: string, { session }: CallContext): boolean {
  return permission === 'ANY' ? mayEnter(session.login, database) : hasDatabasePermission(session.login, database, permission);
}

function known(permission: string, permissions: readonly string[]): boolean {
  return permission === 'ANY' || permissions.includes(permission);
}

/** A securable is a name as it stands in a statement, perhaps in brackets. */
function unquoted(name: string): string {
  return name.startsWith('[') && name.endsWith(']') ? name.slice(1, -1).replaceAll(']]', ']') : name;
}

function isMember({ server, session }: CallContext, role: string): Value {
  const database = server.databases.find(session.database);
  if (role === 'public') return 1;
  if (databaseRoles[role] === undefined || database === undefined) return null;
  if (isSysadmin(session.login)) return role === 'db_owner' ? 1 : 0;
  return databaseRolesOf(session.login, database).includes(role) ? 1 : 0;
}
