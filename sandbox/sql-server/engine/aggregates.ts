import type { ColumnType, Value } from '../tds/columns';
import type { AggregateName, Expression } from '../tsql/expressions';
import { sqlError } from '../tsql/sql-error';
import { evaluate, typeOf, type Scope } from './evaluate';
import { calculate, comparable, convert, order } from './values';

type Aggregate = Extract<Expression, { kind: 'aggregate' }>;

const folds: Readonly<Record<AggregateName, (values: readonly Value[], type: ColumnType) => Value>> = {
  count: (values) => values.length,
  sum: (values, type) =>
    values.reduce<Value>((total, value) => (total === null ? value : calculate('+', [total, value], type)), null),
  min: (values) => values.reduce<Value>((least, value) => (least === null || order(value, least) < 0 ? value : least), null),
  max: (values) => values.reduce<Value>((most, value) => (most === null || order(value, most) > 0 ? value : most), null),
};

/** COUNT, SUM, MIN or MAX over the rows of the scope's group; NULL does not count. */
export function aggregate(expression: Aggregate, scope: Scope): Value {
  const { name, of, distinct } = expression;
  const { group, ...alone } = scope;
  if (group === undefined) throw sqlError(147, `An aggregate may not appear here: ${name.toUpperCase()}.`, { class: 15 });
  if (of === 'rows') return group.length;
  const type = typeOf(of, alone);
  if (name === 'sum' && (type === 'nvarchar' || type === 'bit' || type === 'datetime'))
    throw sqlError(8117, `Operand data type ${type} is invalid for sum operator.`);
  const values = group.map((row) => convert(evaluate(of, alone, row), type)).filter((value) => value !== null);
  return folds[name](distinct ? [...new Map(values.map((value) => [comparable(value), value])).values()] : values, type);
}

/** Whether a value depends on an aggregate. */
export function aggregates(expression: Expression): boolean {
  switch (expression.kind) {
    case 'aggregate':
      return true;
    case 'cast':
      return aggregates(expression.expression);
    case 'arithmetic':
      return aggregates(expression.left) || aggregates(expression.right);
    case 'call':
      return expression.arguments.some(aggregates);
    case 'case':
      return expression.branches.some(({ then }) => aggregates(then)) || aggregates(expression.otherwise);
    default:
      return false;
  }
}

/** Throws 8120 for a column that is neither grouped by nor inside an aggregate. */
export function requireGrouped(expression: Expression, groupBy: readonly Expression[]): void {
  if (groupBy.some((key) => sameExpression(key, expression))) return;
  switch (expression.kind) {
    case 'column': {
      const text = `Column '${expression.name}' is invalid in the select list because it is not contained in either an aggregate function or the GROUP BY clause.`;
      throw sqlError(8120, text);
    }
    case 'cast':
      return requireGrouped(expression.expression, groupBy);
    case 'arithmetic':
      return [expression.left, expression.right].forEach((part) => requireGrouped(part, groupBy));
    case 'call':
      return expression.arguments.forEach((part) => requireGrouped(part, groupBy));
    case 'case':
      return [...expression.branches.map(({ then }) => then), expression.otherwise].forEach((part) =>
        requireGrouped(part, groupBy),
      );
    default:
  }
}

function sameExpression(one: Expression, other: Expression): boolean {
  return JSON.stringify(one).toLowerCase() === JSON.stringify(other).toLowerCase();
}
