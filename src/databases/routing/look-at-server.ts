import type { SqlRow, SqlSession } from '../../ports/sql-server';
import { databaseNames, groupDatabases, groupReplicas, isPreferredReplica, primaryOf, serverName } from './statements';

export interface GroupReplica {
  readonly group: string;
  /** Name of its server: `host` or `host\instance`. */
  readonly name: string;
  /** Where it can be connected to, as far as its name and endpoint tell. */
  readonly address: string;
}

export interface SeenDatabase {
  /** Exactly as `sys.databases` has it. */
  readonly name: string;
  /** The availability group it belongs to. */
  readonly group?: string;
  /** True when this server should take its backups. */
  readonly isPreferred?: boolean;
}

/** A server as it shows itself. */
export interface SeenServer {
  /** As it was connected to. */
  readonly address: string;
  readonly name: string;
  readonly databases: readonly SeenDatabase[];
  readonly primaryOf: readonly string[];
  /** Of every group this server is part of. */
  readonly replicas: readonly GroupReplica[];
}

/**
 * Asks a server what it has and which of these databases it should take.
 * @param wanted in lower case.
 */
export async function lookAtServer(session: SqlSession, address: string, wanted: ReadonlySet<string>): Promise<SeenServer> {
  const [server = {}] = await session.query(serverName);
  const names = (await session.query(databaseNames)).map((row) => text(row, 'name'));
  const seen = { address, name: text(server, 'serverName') || address };
  if (Number(server['isHadrEnabled']) !== 1) {
    return { ...seen, databases: names.map((name) => ({ name })), primaryOf: [], replicas: [] };
  }
  const groupOf = new Map((await session.query(groupDatabases)).map((row) => [text(row, 'name'), text(row, 'groupName')]));
  const databases: SeenDatabase[] = [];
  for (const name of names) {
    const group = groupOf.get(name);
    if (group === undefined || !wanted.has(name.toLowerCase()))
      databases.push({ name, ...(group === undefined ? {} : { group }) });
    else databases.push({ name, group, isPreferred: await isPreferred(session, name) });
  }
  return {
    ...seen,
    databases,
    primaryOf: (await session.query(primaryOf)).map((row) => text(row, 'groupName')),
    replicas: (await session.query(groupReplicas)).map(toReplica),
  };
}

async function isPreferred(session: SqlSession, database: string): Promise<boolean> {
  const [row] = await session.query(isPreferredReplica, { database });
  return Number(row?.['isPreferred']) === 1;
}

/** The endpoint's host is one that the replicas themselves can resolve; the instance stands in the name alone. */
function toReplica(row: SqlRow): GroupReplica {
  const name = text(row, 'serverName');
  const [host = name, instance] = name.split('\\');
  const endpoint = /^TCP:\/\/(\[[^\]]+\]|[^:/]+)/i.exec(text(row, 'endpoint'))?.[1] ?? host;
  return { group: text(row, 'groupName'), name, address: instance === undefined ? endpoint : `${endpoint}\\${instance}` };
}

function text(row: SqlRow, key: string): string {
  const value = row[key];
  return typeof value === 'string' ? value : '';
}
