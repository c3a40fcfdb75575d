import type { Column, ColumnType, Value } from '../tds/columns';
import type { Expression } from '../tsql/expressions';
import { sqlError } from '../tsql/sql-error';
import { aggregate } from './aggregates';
import { isTrue } from './conditions';
import { findFunction, findGlobal, type CallContext } from './functions';
import { calculate, commonType, convert, typeOfValue } from './values';

/** The columns that a row of joined sources offers, in the order of its values. */
export interface BoundColumn extends Column {
  readonly source: string;
}

export interface Scope extends CallContext {
  readonly variables: ReadonlyMap<string, Value>;
  readonly columns: readonly BoundColumn[];
  /** The rows an aggregate works on; absent where none is allowed. */
  readonly group?: readonly Row[];
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
    case 'arithmetic': {
      const type = typeOf(expression, scope);
      const operand = (of: Expression) => convert(evaluate(of, scope, row), type);
      return calculate(expression.operator, [operand(expression.left), operand(expression.right)], type);
    }
    case 'case': {
      const branch = expression.branches.find(({ when }) => isTrue(when, scope, row));
      return evaluate(branch?.then ?? expression.otherwise, scope, row);
    }
    case 'aggregate':
      return aggregate(expression, scope);
    case 'call':
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
    case 'arithmetic':
      return commonType(typeOf(expression.left, scope), typeOf(expression.right, scope));
    case 'case':
      return typeOfAny([...expression.branches.map(({ then }) => then), expression.otherwise], scope);
    case 'aggregate':
      return expression.of === 'rows' || expression.name === 'count' ? 'int' : typeOf(expression.of, scope);
    case 'call':
      return typeOfCall(expression, scope);
  }
}

function typeOfCall(call: Extract<Expression, { kind: 'call' }>, scope: Scope): ColumnType {
  const { type } = findFunction(call.name);
  return type === 'of arguments' ? typeOfAny(call.arguments, scope) : type;
}

function typeOfAny(candidates: readonly Expression[], scope: Scope): ColumnType {
  const typed = candidates.filter((candidate) => candidate.kind !== 'literal' || candidate.value !== null);
  return typed.map((candidate) => typeOf(candidate, scope)).reduce<ColumnType>(commonType, 'nvarchar');
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
  const named = scope.columns.map(({ name, source }, index) => ({ name, source, index }));
  const found = named.filter(
    ({ name, source }) => name.toLowerCase() === column.name.toLowerCase() && (qualifier === undefined || source === qualifier),
  );
  if (found.length > 1) throw sqlError(209, `Ambiguous column name '${column.name}'.`);
  if (found[0] === undefined) throw sqlError(207, `Invalid column name '${column.name}'.`);
  return found[0].index;
}
