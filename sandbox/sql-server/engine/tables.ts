import type { Value } from '../tds/columns';
import { sqlError } from '../tsql/sql-error';
import { activityTables } from './activity-tables';
import { availabilityTables } from './availability-tables';
import { catalogTables } from './catalog-tables';
import { refusalOf } from './database-access';
import type { CallContext } from './functions';
import { historyTables } from './history-tables';
import { securityTables } from './security-tables';
import { table, type Table, type TableReaders } from './table';

/** What every database has, and what only msdb has. */
const everywhere: TableReaders = { ...catalogTables, ...activityTables, ...securityTables, ...availabilityTables };

/**
 * Reads what a statement names, of the session's database unless it names another. Throws 208 for what is not there
 * and what refusalOf says of a database the session may not use.
 */
export function readTable(parts: readonly string[], parameters: readonly Value[] | undefined, context: CallContext): Table {
  const { server, session } = context;
  const [name = '', schema = 'dbo', databaseName = session.database, ...tooMany] = parts.toReversed();
  const missing = sqlError(208, `Invalid object name '${parts.join('.')}'.`);
  const database = server.databases.find(databaseName);
  if (database === undefined || tooMany.length > 0) throw missing;
  const refusal = refusalOf(database, context);
  if (refusal !== undefined) throw refusal;
  const key = name.toLowerCase().startsWith('fn_') ? `sys.${name}`.toLowerCase() : `${schema}.${name}`.toLowerCase();
  const read = everywhere[key] ?? (database.name === 'msdb' ? historyTables[key] : undefined);
  if (read !== undefined) return read({ server, session, database, parameters: parameters ?? [] });
  const rows = Object.entries(database.tables).find(([known]) => known.toLowerCase() === key)?.[1];
  if (rows === undefined || parameters !== undefined) throw missing;
  return table(
    'id int',
    Array.from({ length: rows }, (_, index) => [index + 1]),
  );
}
