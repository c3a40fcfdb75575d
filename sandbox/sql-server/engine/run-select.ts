import type { Column, Value } from '../tds/columns';
import type { Expression } from '../tsql/expressions';
import type { OrderItem, Select, TableSource } from '../tsql/statements';
import { aggregates, requireGrouped } from './aggregates';
import { isTrue } from './conditions';
import { evaluate, typeOf, type Row, type Scope } from './evaluate';
import { readTable } from './tables';
import { comparable, order } from './values';

/** What the items of a SELECT are computed from: one joined row, or one group of them. */
interface Unit {
  readonly scope: Scope;
  readonly row: Row;
}

export function runSelect(select: Select, base: Omit<Scope, 'columns'>): { columns: Column[]; rows: Value[][] } {
  const joined = select.from.reduce<{ scope: Scope; rows: Row[] }>((left, source) => join(left, source), {
    scope: { ...base, columns: [] },
    rows: [[]],
  });
  const { scope } = joined;
  const rows = joined.rows.filter((row) => select.where === undefined || isTrue(select.where, scope, row));
  const columns = select.items.map(({ expression, alias }) => ({
    name: alias ?? (expression.kind === 'column' ? expression.name : ''),
    type: typeOf(expression, scope),
  }));
  const units = sorted(unitsOf(rows, select, scope), select);
  const values = units.map((unit) => select.items.map(({ expression }) => evaluate(expression, unit.scope, unit.row)));
  return { columns, rows: (select.distinct ? distinct(values) : values).slice(0, select.top) };
}

function join(left: { scope: Scope; rows: Row[] }, source: TableSource): { scope: Scope; rows: Row[] } {
  const parameters = source.parameters?.map((parameter) => evaluate(parameter, left.scope, []));
  const table = readTable(source.parts, parameters, left.scope);
  const bound = table.columns.map((column) => ({ ...column, source: source.alias }));
  const scope = { ...left.scope, columns: [...left.scope.columns, ...bound] };
  const missing: Row = table.columns.map(() => null);
  const rows = left.rows.flatMap((row) => {
    const matches = table.rows.map((right) => [...row, ...right]).filter((both) => isTrue(source.on, scope, both));
    return matches.length === 0 && source.join === 'left' ? [[...row, ...missing]] : matches;
  });
  return { scope, rows };
}

/** Without GROUP BY an aggregate makes one group of all rows, even of none. */
function unitsOf(rows: readonly Row[], select: Select, scope: Scope): Unit[] {
  const asked = [...select.items, ...orderOf(select)].map(({ expression }) => expression);
  const { groupBy, having } = select;
  if (groupBy === undefined && having === undefined && !asked.some(aggregates)) return rows.map((row) => ({ scope, row }));
  for (const expression of asked) requireGrouped(expression, groupBy ?? []);
  const units = groupsOf(rows, groupBy, scope).map((group) => ({ scope: { ...scope, group }, row: group[0] ?? [] }));
  return units.filter((unit) => having === undefined || isTrue(having, unit.scope, unit.row));
}

function groupsOf(rows: readonly Row[], groupBy: readonly Expression[] | undefined, scope: Scope): Row[][] {
  if (groupBy === undefined) return [[...rows]];
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(groupBy.map((expression) => evaluate(expression, scope, row)));
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()];
}

/** ORDER BY may name a column of the answer. */
function orderOf(select: Select): OrderItem[] {
  return select.orderBy.map((item) => {
    const { expression } = item;
    if (expression.kind !== 'column' || expression.qualifier !== undefined) return item;
    const named = select.items.find(({ alias }) => alias?.toLowerCase() === expression.name.toLowerCase());
    return named === undefined ? item : { ...item, expression: named.expression };
  });
}

function sorted(units: Unit[], select: Select): Unit[] {
  const items = orderOf(select);
  if (items.length === 0) return units;
  const keyed = units.map((unit) => ({
    unit,
    keys: items.map(({ expression }) => evaluate(expression, unit.scope, unit.row)),
  }));
  return keyed.toSorted((one, other) => compareKeys(one.keys, other.keys, items)).map(({ unit }) => unit);
}

function compareKeys(one: readonly Value[], other: readonly Value[], items: readonly OrderItem[]): number {
  for (const [index, { descending }] of items.entries()) {
    const result = order(one[index] ?? null, other[index] ?? null);
    if (result !== 0) return descending ? -result : result;
  }
  return 0;
}

function distinct(rows: readonly Value[][]): Value[][] {
  return [...new Map(rows.map((row) => [keyOf(row), row])).values()];
}

function keyOf(values: readonly Value[]): string {
  return JSON.stringify(values.map((value) => [typeof value, String(comparable(value))]));
}
