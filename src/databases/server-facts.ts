import { HubkeepError } from '../errors/hubkeep-error';
import type { SqlRow, SqlSession } from '../ports/sql-server';
import { listDatabases, serverFacts } from './statements';

export interface ServerFacts {
  readonly version: string;
  readonly edition: string;
  readonly compression: boolean;
  /** The server's clock less UTC, now. */
  readonly utcOffsetMinutes: number;
}

export interface DatabaseFacts {
  /** Exactly as `sys.databases` has it. */
  readonly name: string;
  readonly state: string;
  readonly recoveryModel: string;
  readonly logReuseWait: string;
}

export async function readServerFacts(session: SqlSession): Promise<ServerFacts> {
  const [row = {}] = await session.query(serverFacts);
  const edition = text(row, 'edition');
  return {
    version: text(row, 'version'),
    edition,
    compression: !/express|web/i.test(edition),
    utcOffsetMinutes: Number(row['utcOffsetMinutes'] ?? 0),
  };
}

/** Finds the database without regard to case, an exact match first. Throws `sql.database-missing`, or `sql.backup-failed` unless it is ONLINE. */
export async function findDatabase(session: SqlSession, name: string): Promise<DatabaseFacts> {
  const rows = await session.query(listDatabases);
  const found = rows.map(toDatabase);
  const sameName = found.filter((database) => database.name.toLowerCase() === name.toLowerCase());
  const match = sameName.find((database) => database.name === name) ?? sameName[0];
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

function toDatabase(row: SqlRow): DatabaseFacts {
  return {
    name: text(row, 'name'),
    state: text(row, 'state'),
    recoveryModel: text(row, 'recoveryModel'),
    logReuseWait: text(row, 'logReuseWait'),
  };
}

function text(row: SqlRow, key: string): string {
  const value = row[key];
  return typeof value === 'string' ? value : '';
}
