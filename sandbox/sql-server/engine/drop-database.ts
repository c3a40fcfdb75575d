import { sqlError } from '../tsql/sql-error';
import type { DropDatabase } from '../tsql/statements';
import { groupDatabase } from './availability-group';
import { databaseRolesOf, hasServerPermission } from './permissions';
import type { RunContext } from './run-backup';

const systemDatabases = ['master', 'tempdb', 'model', 'msdb'];

export function dropDatabase({ database: name, ifExists }: DropDatabase, { server, session }: RunContext): void {
  const database = server.databases.find(name);
  if (database === undefined && ifExists) return;
  const mayDrop =
    database !== undefined &&
    (hasServerPermission(session.login, 'ALTER ANY DATABASE') || databaseRolesOf(session.login, database).includes('db_owner'));
  if (!mayDrop)
    throw sqlError(3701, `Cannot drop the database '${name}', because it does not exist or you do not have permission.`, {
      class: 11,
    });
  if (systemDatabases.includes(database.name))
    throw sqlError(3708, `Cannot drop the database '${database.name}' because it is a system database.`);
  if (groupDatabase(server.group, database) !== undefined)
    throw sqlError(3752, `The database '${database.name}' is currently joined to an availability group.`);
  if ([...server.sessions.values()].some((other) => other.database === database.name))
    throw sqlError(3702, `Cannot drop database "${database.name}" because it is currently in use.`);
  server.databases.remove(database.name);
}
