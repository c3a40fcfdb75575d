import type { ColumnType, Value } from '../tds/columns';
import { sqlError } from '../tsql/sql-error';
import { groupDatabase, preferredReplica } from './availability-group';
import { dateFunctions } from './date-functions';
import { securityFunctions } from './security-functions';
import { serverProperty } from './server-property';
import type { ServerState, Session } from './server-state';
import { isAtLeast } from './server-version';

export interface CallContext {
  readonly server: ServerState;
  readonly session: Session;
}

export interface SqlFunction {
  readonly type: ColumnType | 'of arguments';
  call(context: CallContext, values: readonly Value[]): Value;
}

export type SqlFunctions = Readonly<Record<string, SqlFunction>>;

interface Global extends SqlFunction {
  readonly type: ColumnType;
}

const textFunctions: SqlFunctions = {
  upper: { type: 'nvarchar', call: (_context, [text = null]) => (text === null ? null : String(text).toUpperCase()) },
  lower: { type: 'nvarchar', call: (_context, [text = null]) => (text === null ? null : String(text).toLowerCase()) },
  len: { type: 'int', call: (_context, [text = null]) => (text === null ? null : String(text).trimEnd().length) },
  quotename: {
    type: 'nvarchar',
    call: (_context, [text = null]) => (text === null ? null : `[${String(text).replaceAll(']', ']]')}]`),
  },
};

const functions: SqlFunctions = {
  ...textFunctions,
  ...dateFunctions,
  ...securityFunctions,
  serverproperty: { type: 'nvarchar', call: ({ server }, [name]) => serverProperty(server, String(name)) },
  isnull: { type: 'of arguments', call: (_context, [value, other]) => value ?? other ?? null },
  coalesce: { type: 'of arguments', call: (_context, values) => values.find((value) => value !== null) ?? null },
  db_id: {
    type: 'int',
    call: ({ server, session }, values) =>
      server.databases.find(values.length === 0 ? session.database : String(values[0]))?.id ?? null,
  },
  db_name: {
    type: 'nvarchar',
    call: ({ server, session }, values) =>
      values.length === 0 ? session.database : (server.databases.list().find(({ id }) => id === Number(values[0]))?.name ?? null),
  },
  'sys.fn_hadr_backup_is_preferred_replica': {
    type: 'bit',
    call: ({ server }, [name]) => isPreferredReplica(server, String(name)),
  },
  app_name: { type: 'nvarchar', call: ({ session }) => session.applicationName },
  host_name: { type: 'nvarchar', call: ({ session }) => session.hostName },
};

const globals: Readonly<Record<string, Global>> = {
  '@@version': { type: 'nvarchar', call: ({ server }) => `Microsoft SQL Server (sandbox) - ${server.version}` },
  '@@servername': { type: 'nvarchar', call: ({ server }) => server.name },
  '@@spid': { type: 'int', call: ({ session }) => session.id },
};

/** SQL Server 2019 CU20 and 2022 CU2: from them on a database that does not exist is not preferred either. */
const knowsMissing = (version: string) => isAtLeast(version, version.startsWith('15.') ? [15, 4312] : [16, 4015]);

/** The name has to be written as sys.databases has it; a database outside of a group is preferred everywhere. */
function isPreferredReplica(server: ServerState, name: string): boolean {
  const database = server.databases.list().find((known) => known.name === name);
  if (database === undefined) return !knowsMissing(server.version);
  const { group } = server;
  if (group === undefined || groupDatabase(group, database) === undefined) return true;
  return preferredReplica(group) === server.name;
}

export function findFunction(name: string): SqlFunction {
  const found = functions[name];
  if (found !== undefined) return found;
  if (!name.includes('.')) throw sqlError(195, `'${name}' is not a recognized built-in function name.`, { class: 15 });
  const [schema] = name.split('.');
  throw sqlError(4121, `Cannot find either column "${schema}" or the user-defined function or aggregate "${name}".`);
}

export function findGlobal(name: string): Global | undefined {
  return globals[name];
}
