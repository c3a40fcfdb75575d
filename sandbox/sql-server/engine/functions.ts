import type { ColumnType, Value } from '../tds/columns';
import { sqlError } from '../tsql/sql-error';
import { localNow, type ServerState, type Session } from './server-state';

export interface CallContext {
  readonly server: ServerState;
  readonly session: Session;
}

interface SqlFunction {
  readonly type: ColumnType;
  call(context: CallContext, values: readonly Value[]): Value;
}

const engineEditions = { Enterprise: 3, Standard: 2, Express: 4 } as const;

const functions: Readonly<Record<string, SqlFunction>> = {
  serverproperty: { type: 'nvarchar', call: ({ server }, [name]) => serverProperty(server, String(name)) },
  db_id: {
    type: 'int',
    call: ({ server, session }, values) =>
      server.databases.find(values.length === 0 ? session.database : String(values[0]))?.id ?? null,
  },
  db_name: { type: 'nvarchar', call: ({ session }) => session.database },
  app_name: { type: 'nvarchar', call: ({ session }) => session.applicationName },
  suser_sname: { type: 'nvarchar', call: ({ session }) => session.login.name },
  getdate: { type: 'datetime', call: ({ server }) => localNow(server) },
  getutcdate: { type: 'datetime', call: () => new Date() },
  sysdatetimeoffset: { type: 'datetime', call: ({ server }) => localNow(server) },
};

const globals: Readonly<Record<string, SqlFunction>> = {
  '@@version': { type: 'nvarchar', call: ({ server }) => `Microsoft SQL Server (sandbox) - ${server.version}` },
  '@@servername': { type: 'nvarchar', call: ({ server }) => server.name },
  '@@spid': { type: 'int', call: ({ session }) => session.id },
};

export function findFunction(name: string): SqlFunction {
  const found = functions[name];
  if (found === undefined) throw sqlError(195, `'${name}' is not a recognized built-in function name.`, { class: 15 });
  return found;
}

export function findGlobal(name: string): SqlFunction | undefined {
  return globals[name];
}

/** Minutes that the server's clock is ahead of UTC: DATEPART(TZOFFSET, SYSDATETIMEOFFSET()). */
export function utcOffsetMinutes(server: ServerState): number {
  return server.timeZone * 15;
}

/** An unknown property is NULL, as on a real server. */
function serverProperty(server: ServerState, name: string): Value {
  const [major = ''] = server.version.split('.');
  const properties: Readonly<Record<string, string | number | null>> = {
    productversion: server.version,
    productmajorversion: major,
    productlevel: 'RTM',
    edition: `${server.edition} Edition (64-bit)`,
    engineedition: engineEditions[server.edition],
    servername: server.name,
    machinename: server.name.split('\\')[0] ?? server.name,
    instancename: server.name.split('\\')[1] ?? null,
    collation: 'SQL_Latin1_General_CP1_CI_AS',
    isclustered: 0,
    ishadrenabled: 0,
    instancedefaultbackuppath: server.directory,
  };
  return properties[name.toLowerCase()] ?? null;
}
