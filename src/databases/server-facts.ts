import { HubkeepError } from '../errors/hubkeep-error';
import type { SqlRow, SqlSession, SqlValue } from '../ports/sql-server';
import { sqlNumberOf } from './sql-failure';
import { containedAuthentication, listDatabases, serverFacts } from './statements';

export interface ServerFacts {
  readonly version: string;
  readonly edition: string;
  /** `RTM`, `SP2`. */
  readonly productLevel: string;
  /** `CU13`, where there is one. */
  readonly updateLevel: string | undefined;
  readonly collation: string;
  /** Always On availability groups are switched on. */
  readonly hadrEnabled: boolean;
  /** `contained database authentication`: without it nobody can sign in to a restored contained database. */
  readonly containedAuthentication: boolean | undefined;
  /** The server's clock less UTC, now. */
  readonly utcOffsetMinutes: number;
}

export interface Database {
  readonly id: number;
  /** Exactly as `sys.databases` has it. */
  readonly name: string;
  readonly state: string;
  readonly recoveryModel: string;
  readonly logReuseWait: string;
  /** `NONE` or `PARTIAL`. */
  readonly containment: string;
  readonly collation: string;
  /** Transparent data encryption. */
  readonly encrypted: boolean;
  /** A replica of an availability group. */
  readonly isReplica: boolean;
}

export async function readServerFacts(session: SqlSession): Promise<ServerFacts> {
  const [row = {}] = await session.query(serverFacts);
  const updateLevel = textOf(row['updateLevel']);
  const [contained] = (await queryIfAllowed(session, containedAuthentication)) ?? [];
  return {
    version: textOf(row['version']),
    edition: textOf(row['edition']),
    productLevel: textOf(row['productLevel']),
    updateLevel: updateLevel === '' ? undefined : updateLevel,
    collation: textOf(row['serverCollation']),
    hadrEnabled: Number(row['hadrEnabled'] ?? 0) === 1,
    containedAuthentication: contained === undefined ? undefined : Number(contained['enabled']) === 1,
    utcOffsetMinutes: Number(row['utcOffsetMinutes'] ?? 0),
  };
}

/** Finds the database without regard to case, an exact match first. Throws `sql.database-missing`, or `sql.backup-failed` unless it is ONLINE. */
export async function findDatabase(session: SqlSession, name: string): Promise<Database> {
  const match = await findByName(session, name);
  if (match === undefined) {
    throw new HubkeepError('sql.database-missing', `There is no database ${name} on this server that SQL_USER can see`, {
      hint: 'Check SQL_DATABASES and that the server in SQL_SERVERS is the one that holds the database.',
    });
  }
  if (match.state !== 'ONLINE') {
    throw new HubkeepError('sql.backup-failed', `Database ${match.name} is ${match.state}, not ONLINE`, {
      hint: 'Bring the database online; a database that is not backed up fails the run.',
      details: { state: match.state },
    });
  }
  return match;
}

/** In whatever state, without regard to case, an exact match first. */
export async function findByName(session: SqlSession, name: string): Promise<Database | undefined> {
  const rows = await session.query(listDatabases);
  const sameName = rows.map(toDatabase).filter((database) => database.name.toLowerCase() === name.toLowerCase());
  return sameName.find((database) => database.name === name) ?? sameName[0];
}

/** Undefined where the server refuses to answer. */
export async function queryIfAllowed(
  session: SqlSession,
  statement: string,
  parameters?: Readonly<Record<string, string | number>>,
): Promise<SqlRow[] | undefined> {
  try {
    return await session.query(statement, parameters);
  } catch (error) {
    if (sqlNumberOf(error) === undefined) throw error;
    return undefined;
  }
}

export function textOf(value: SqlValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function toDatabase(row: SqlRow): Database {
  return {
    id: Number(row['id']),
    name: textOf(row['name']),
    state: textOf(row['state']),
    recoveryModel: textOf(row['recoveryModel']),
    logReuseWait: textOf(row['logReuseWait']),
    containment: textOf(row['containment']),
    collation: textOf(row['databaseCollation']),
    encrypted: row['encrypted'] === true || row['encrypted'] === 1,
    isReplica: typeof row['replicaId'] === 'string',
  };
}
