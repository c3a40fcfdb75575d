import type { Value } from '../tds/columns';
import type { DatabaseUser } from './databases';
import { databasePermissions, databaseRoles, hasDatabasePermission, hasServerPermission, serverPermissions } from './permissions';
import { table, type TableReaders } from './table';

const authentications: readonly DatabaseUser['authentication'][] = ['NONE', 'INSTANCE', 'DATABASE', 'WINDOWS'];
const firstUserId = 5;
const firstRoleId = 16384;

/** Principals of a database and of the server, and the permissions of who asks. */
export const securityTables: TableReaders = {
  'sys.database_principals': ({ database }) =>
    table(
      `name nvarchar, principal_id int, type nvarchar, type_desc nvarchar, authentication_type int, authentication_type_desc nvarchar,
      is_fixed_role bit`,
      [
        role('public', 0, false),
        user({ name: 'dbo', authentication: 'INSTANCE' }, 1),
        ...['guest', 'INFORMATION_SCHEMA', 'sys'].map((name, index) => user({ name, authentication: 'NONE' }, index + 2)),
        ...database.users.map((own, index) => user(own, index + firstUserId)),
        ...Object.keys(databaseRoles).map((name, index) => role(name, index + firstRoleId, true)),
      ],
    ),
  'sys.server_principals': ({ server, session }) => {
    const seesAll = hasServerPermission(session.login, 'VIEW ANY DEFINITION');
    const logins = server.logins.filter((login) => seesAll || login === session.login || login.name.toLowerCase() === 'sa');
    return table(
      'name nvarchar, principal_id int, type nvarchar, type_desc nvarchar, is_disabled bit',
      logins.map((login, index) => [login.name, index + 1, 'S', 'SQL_LOGIN', false]),
    );
  },
  'sys.credentials': ({ server, session }) => {
    const sees = ['ALTER ANY CREDENTIAL', 'VIEW ANY DEFINITION'].some((name) => hasServerPermission(session.login, name));
    return table(
      'credential_id int, name nvarchar, credential_identity nvarchar, create_date datetime, modify_date datetime',
      (sees ? server.credentials.list() : []).map((credential) => [
        credential.id,
        credential.name,
        credential.identity,
        credential.createdAt,
        credential.modifiedAt,
      ]),
    );
  },
  'sys.fn_my_permissions': ({ server, session, parameters: [securable = null, kind = null] }) => {
    const isDatabase = String(kind).toUpperCase() === 'DATABASE';
    const database = server.databases.find(securable === null ? session.database : String(securable));
    const held = isDatabase
      ? databasePermissions.filter((name) => database !== undefined && hasDatabasePermission(session.login, database, name))
      : serverPermissions.filter((name) => hasServerPermission(session.login, name));
    return table(
      'entity_name nvarchar, subentity_name nvarchar, permission_name nvarchar',
      held.map((name) => [isDatabase ? 'database' : 'server', '', name]),
    );
  },
};

function user({ name, authentication }: DatabaseUser, id: number): Value[] {
  const isWindows = authentication === 'WINDOWS';
  const type = isWindows ? ['U', 'WINDOWS_USER'] : ['S', 'SQL_USER'];
  return [name, id, ...type, authentications.indexOf(authentication), authentication, false];
}

function role(name: string, id: number, fixed: boolean): Value[] {
  return [name, id, 'R', 'DATABASE_ROLE', 0, 'NONE', fixed];
}
