import { mkdirSync } from 'node:fs';
import type { ServerCertificate } from './certificates';
import { createAvailabilityGroup, type AvailabilityGroup } from './sql-server/engine/availability-group';
import type { Fault } from './sql-server/engine/faults';
import { startSqlServer, type RunningSqlServer, type SqlServerOptions } from './sql-server/start-sql-server';

export interface SqlServersOptions {
  /** Where they write their backups, as this machine sees it. */
  readonly directory: string;
  readonly login: { readonly name: string; readonly password: string };
  readonly tls: ServerCertificate;
  readonly faults?: readonly Fault[];
  readonly onBackup?: (file: string) => void;
  /** Two servers and a listener instead of one server. */
  readonly availabilityGroup: boolean;
}

export interface SqlServers {
  /** The only server, or the first primary. */
  readonly sql: RunningSqlServer;
  readonly secondary: RunningSqlServer | undefined;
  readonly group: AvailabilityGroup | undefined;
  /** Of the server, or of the listener. */
  readonly port: number;
  close(): Promise<void>;
}

const mib = 1024 * 1024;
const user = (name: string) => ({ name, authentication: 'DATABASE' }) as const;
const databases = [
  {
    name: 'appservice_hosting',
    size: 12 * mib,
    contained: true,
    users: ['HostingAdmin', 'Publisher', 'WebWorkerManager'].map((name) => user(`appservice_hosting_${name}`)),
    tables: { 'dbo.Sites': 120, 'dbo.Workers': 6 },
  },
  {
    name: 'appservice_metering',
    size: 6 * mib,
    contained: true,
    users: ['Common', 'Operations'].map((name) => user(`appservice_metering_${name}`)),
    tables: { 'dbo.Usage': 4000 },
  },
] as const;

/** As a SQL Server names the directory: one that only it knows by that name. */
export const backupDirectory = 'C:\\Backup';

/** Starts the SQL Server of a pretend stamp, or two of them as replicas of one availability group. */
export async function startSqlServers(options: SqlServersOptions): Promise<SqlServers> {
  mkdirSync(options.directory, { recursive: true });
  const start = (more: Partial<SqlServerOptions>) =>
    startSqlServer({
      directory: options.directory,
      mounts: { [backupDirectory]: options.directory },
      logins: [options.login],
      tls: options.tls,
      faults: options.faults ?? [],
      ...(options.onBackup === undefined ? {} : { onBackup: options.onBackup }),
      ...more,
    });
  if (!options.availabilityGroup) {
    const sql = await start({ databases });
    return { sql, secondary: undefined, group: undefined, port: sql.port, close: () => sql.close() };
  }
  const group = await createAvailabilityGroup({
    name: 'alwayson-ag',
    dnsName: 'aon-listener',
    databases: databases.map(({ name }) => name),
    automaticFailover: true,
  });
  const sql = await start({ name: 'SANDBOX-SQL1', databases, availabilityGroup: group });
  const secondary = await start({ name: 'SANDBOX-SQL2', availabilityGroup: group });
  const close = async () => void (await Promise.all([group, sql, secondary].map((part) => part.close())));
  return { sql, secondary, group, port: group.port, close };
}
