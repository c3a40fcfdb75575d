import type { Column, Value } from '../tds/columns';
import type { Database } from './databases';
import type { ServerState, Session } from './server-state';

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Value[])[];
}

export interface TableContext {
  readonly server: ServerState;
  readonly session: Session;
  /** The database by whose name, or in which, the table was asked for. */
  readonly database: Database;
  /** Arguments, for a table-valued function. */
  readonly parameters: readonly Value[];
}

export type TableReader = (context: TableContext) => Table;

/** Tables by schema and name in lower case. */
export type TableReaders = Readonly<Record<string, TableReader>>;

/** `columns` lists names with their types: `name nvarchar, database_id int`. */
export function table(columns: string, rows: readonly (readonly Value[])[]): Table {
  return {
    rows,
    columns: columns.split(/,\s+/).map((column) => {
      const [name, type] = column.trim().split(' ');
      return { name, type } as Column;
    }),
  };
}
