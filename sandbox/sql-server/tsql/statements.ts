import type { ColumnType } from '../tds/columns';

export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | null }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'column'; readonly qualifier: string | undefined; readonly name: string }
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly Expression[] }
  | { readonly kind: 'cast'; readonly expression: Expression; readonly type: ColumnType };

export interface Comparison {
  readonly left: Expression;
  readonly operator: '=' | '<>' | '<' | '>' | '<=' | '>=' | 'is null' | 'is not null';
  readonly right: Expression;
}

export interface TableSource {
  /** Parts of the name in lower case, joined by dots: `msdb.dbo.backupset`. */
  readonly object: string;
  readonly alias: string;
  /** Conditions that join this source to those before it; none for the first. */
  readonly on: readonly Comparison[];
}

export interface SelectItem {
  readonly expression: Expression;
  readonly alias: string | undefined;
}

export interface Select {
  readonly kind: 'select';
  readonly top: number | undefined;
  readonly items: readonly SelectItem[];
  readonly from: readonly TableSource[];
  readonly where: readonly Comparison[];
  readonly orderBy: { readonly expression: Expression; readonly descending: boolean } | undefined;
}

export interface Execute {
  readonly kind: 'execute';
  readonly procedure: string;
  readonly result: string | undefined;
  readonly arguments: ReadonlyMap<string, Expression>;
}

export interface Backup {
  readonly kind: 'backup';
  readonly database: string;
  readonly path: string;
  readonly options: ReadonlyMap<string, string | number | true>;
}

export interface Restore {
  readonly kind: 'restore';
  readonly action: 'VERIFYONLY' | 'HEADERONLY' | 'FILELISTONLY';
  readonly path: string;
  readonly options: ReadonlyMap<string, string | number | true>;
}

export type Statement =
  | Select
  | Execute
  | Backup
  | Restore
  | { readonly kind: 'set option' }
  | { readonly kind: 'use'; readonly database: string }
  | { readonly kind: 'declare'; readonly name: string; readonly type: ColumnType; readonly value: Expression | undefined }
  | { readonly kind: 'assign'; readonly name: string; readonly value: Expression };
