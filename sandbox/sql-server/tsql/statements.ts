import type { ColumnType } from '../tds/columns';
import type { Condition, Expression } from './expressions';

export interface TableSource {
  /** Parts of the name as written: database, schema and table, the first of them optional. */
  readonly parts: readonly string[];
  /** Arguments of a table-valued function. */
  readonly parameters: readonly Expression[] | undefined;
  readonly alias: string;
  readonly join: 'inner' | 'left';
  /** What joins this source to those before it; always true for the first. */
  readonly on: Condition;
}

export interface SelectItem {
  readonly expression: Expression;
  readonly alias: string | undefined;
}

export interface OrderItem {
  readonly expression: Expression;
  readonly descending: boolean;
}

export interface Select {
  readonly kind: 'select';
  readonly distinct: boolean;
  readonly top: number | undefined;
  readonly items: readonly SelectItem[];
  readonly from: readonly TableSource[];
  readonly where: Condition | undefined;
  readonly groupBy: readonly Expression[] | undefined;
  readonly having: Condition | undefined;
  readonly orderBy: readonly OrderItem[];
}

export interface Execute {
  readonly kind: 'execute';
  readonly procedure: string;
  readonly result: string | undefined;
  readonly arguments: ReadonlyMap<string, Expression>;
}

/** A file or a blob as the statement names it. */
export interface Device {
  readonly kind: 'disk' | 'url';
  readonly name: string;
}

/** True for an option without a value. */
export type OptionValue = string | number | true;

export interface Backup {
  readonly kind: 'backup';
  readonly database: string;
  /** One for each family of the media set. */
  readonly devices: readonly Device[];
  readonly options: ReadonlyMap<string, OptionValue>;
}

export interface Restore {
  readonly kind: 'restore';
  readonly action: 'VERIFYONLY' | 'HEADERONLY' | 'FILELISTONLY' | 'LABELONLY';
  readonly devices: readonly Device[];
  readonly options: ReadonlyMap<string, OptionValue>;
}

export interface RestoreDatabase {
  readonly kind: 'restore database';
  readonly database: string;
  readonly devices: readonly Device[];
  /** New paths of files, by their logical names. */
  readonly moves: ReadonlyMap<string, string>;
  readonly options: ReadonlyMap<string, OptionValue>;
}

export interface DropDatabase {
  readonly kind: 'drop database';
  readonly database: string;
  readonly ifExists: boolean;
}

export interface CheckDatabase {
  readonly kind: 'check database';
  readonly database: string | undefined;
  readonly options: ReadonlySet<string>;
}

export interface CredentialStatement {
  readonly kind: 'credential';
  readonly action: 'CREATE' | 'ALTER' | 'DROP';
  readonly name: string;
  readonly identity: string;
  readonly secret: string;
}

export interface Kill {
  readonly kind: 'kill';
  readonly sessionId: number;
}

export type Statement =
  | Select
  | Execute
  | Backup
  | Restore
  | RestoreDatabase
  | DropDatabase
  | CheckDatabase
  | CredentialStatement
  | Kill
  | { readonly kind: 'set option' }
  | { readonly kind: 'use'; readonly database: string }
  | { readonly kind: 'declare'; readonly name: string; readonly type: ColumnType; readonly value: Expression | undefined }
  | { readonly kind: 'assign'; readonly name: string; readonly value: Expression };
