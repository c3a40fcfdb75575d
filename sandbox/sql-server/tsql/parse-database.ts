import type { CheckDatabase, DropDatabase } from './statements';
import { sqlError } from './sql-error';
import type { TokenCursor } from './token-cursor';

const checkOptions = ['NO_INFOMSGS', 'ALL_ERRORMSGS', 'PHYSICAL_ONLY', 'DATA_PURITY', 'EXTENDED_LOGICAL_CHECKS', 'TABLOCK'];

export function parseDropDatabase(cursor: TokenCursor): DropDatabase {
  cursor.expect('DROP', 'DATABASE');
  const ifExists = cursor.take('IF', 'EXISTS');
  return { kind: 'drop database', database: cursor.name(), ifExists };
}

/** `DBCC CHECKDB`, of the database in parentheses or of the session's. No other DBCC is known. */
export function parseCheckDatabase(cursor: TokenCursor): CheckDatabase {
  cursor.expect('DBCC', 'CHECKDB');
  let database: string | undefined;
  if (cursor.take('(')) {
    database = cursor.peek().kind === 'string' ? cursor.string() : cursor.name();
    cursor.expect(')');
  }
  const options = new Set<string>();
  if (cursor.take('WITH')) {
    do {
      const option = cursor.next().text;
      if (!checkOptions.includes(option.toUpperCase()))
        throw sqlError(155, `'${option}' is not a recognized DBCC CHECKDB option.`, { class: 15 });
      options.add(option.toUpperCase());
    } while (cursor.take(','));
  }
  return { kind: 'check database', database, options };
}
