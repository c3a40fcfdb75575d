import type { Column, ColumnType, Value } from '../tds/columns';
import { sqlError } from '../tsql/sql-error';
import type { Comparison, Expression } from '../tsql/statements';
import { findFunction, findGlobal, utcOffsetMinutes, type CallContext } from './functions';

/** The columns that a row of joined sources offers, in the order of its values. */
export interface BoundColumn extends Column {
  readonly source: string;
}

export interface Scope extends CallContext {
  readonly variables: ReadonlyMap<string, Value>;
  readonly columns: readonly BoundColumn[];
}

export type Row = readonly Value[];

export function evaluate(expression: Expression, scope: Scope, row: Row): Value {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'variable':
      return readVariable(expression.name, scope);
    case 'column':
      return row[indexOfColumn(expression, scope)] ?? null;
    case 'cast':
      return convert(evaluate(expression.expression, scope, row), expression.type);
    case 'call':
      if (isTimeZoneOffset(expression)) return utcOffsetMinutes(scope.server);
      return findFunction(expression.name).call(
        scope,
        expression.arguments.map((argument) => evaluate(argument, scope, row)),
      );
  }
}

/** The type of an expression without any row at hand. */
export function typeOf(expression: Expression, scope: Scope): ColumnType {
  switch (expression.kind) {
    case 'literal':
      return typeOfValue(expression.value);
    case 'variable':
      return findGlobal(expression.name)?.type ?? typeOfValue(readVariable(expression.name, scope));
    case 'column':
      return scope.columns[indexOfColumn(expression, scope)]?.type ?? 'nvarchar';
    case 'cast':
      return expression.type;
    case 'call':
      return isTimeZoneOffset(expression) ? 'int' : findFunction(expression.name).type;
  }
}

export function holds(conditions: readonly Comparison[], scope: Scope, row: Row): boolean {
  return conditions.every((condition) => compare(condition, scope, row));
}

const orders: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '<>': (order) => order !== 0,
  '<': (order) => order < 0,
  '>': (order) => order > 0,
  '<=': (order) => order <= 0,
  '>=': (order) => order >= 0,
};

/** A comparison with NULL is never true. */
function compare({ left, operator, right }: Comparison, scope: Scope, row: Row): boolean {
  const a = comparable(evaluate(left, scope, row));
  if (operator === 'is null') return a === null;
  if (operator === 'is not null') return a !== null;
  const b = comparable(evaluate(right, scope, row));
  if (a === null || b === null) return false;
  return orders[operator]?.(a < b ? -1 : a > b ? 1 : 0) ?? false;
}

/** The server's collation compares text without regard to case. */
export function comparable(value: Value): string | number | bigint | null {
  if (typeof value === 'string') return value.toLowerCase();
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value instanceof Date ? value.getTime() : value;
}

function convert(value: Value, type: ColumnType): Value {
  if (value === null) return null;
  if (type === 'nvarchar') return value instanceof Date ? value.toISOString() : String(value);
  if (type === 'int' || type === 'float') return Number(value);
  if (type === 'bigint' || type === 'numeric') return BigInt(value as string | number | bigint);
  return type === 'bit' ? Number(value) !== 0 : value;
}

function readVariable(name: string, scope: Scope): Value {
  const global = findGlobal(name);
  if (global !== undefined) return global.call(scope, []);
  const value = scope.variables.get(name);
  if (value === undefined) throw sqlError(137, `Must declare the scalar variable "${name}".`, { class: 15 });
  return value;
}

function indexOfColumn(column: { qualifier: string | undefined; name: string }, scope: Scope): number {
  const qualifier = column.qualifier?.toLowerCase();
  const index = scope.columns.findIndex(
    ({ name, source }) => name.toLowerCase() === column.name.toLowerCase() && (qualifier === undefined || source === qualifier),
  );
  if (index < 0) throw sqlError(207, `Invalid column name '${column.name}'.`);
  return index;
}

function isTimeZoneOffset(call: { name: string; arguments: readonly Expression[] }): boolean {
  const [part] = call.arguments;
  return call.name === 'datepart' && part?.kind === 'column' && part.name.toLowerCase() === 'tzoffset';
}

function typeOfValue(value: Value): ColumnType {
  if (typeof value === 'number') return 'int';
  if (typeof value === 'bigint') return 'bigint';
  if (typeof value === 'boolean') return 'bit';
  return value instanceof Date ? 'datetime' : 'nvarchar';
}
