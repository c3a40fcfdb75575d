import type { Column, Value } from '../tds/columns';
import type { Select } from '../tsql/statements';
import { comparable, evaluate, holds, typeOf, type Row, type Scope } from './evaluate';
import { readTable } from './tables';

export function runSelect(select: Select, base: Omit<Scope, 'columns'>): { columns: Column[]; rows: Value[][] } {
  let scope: Scope = { ...base, columns: [] };
  let rows: Row[] = [[]];
  for (const source of select.from) {
    const table = readTable(base.server, source.object);
    scope = { ...scope, columns: [...scope.columns, ...table.columns.map((column) => ({ ...column, source: source.alias }))] };
    const joined = scope;
    rows = rows.flatMap((left) => table.rows.map((right) => [...left, ...right])).filter((row) => holds(source.on, joined, row));
  }
  const columns = select.items.map(({ expression, alias }) => ({
    name: alias ?? (expression.kind === 'column' ? expression.name : ''),
    type: typeOf(expression, scope),
  }));
  const chosen = sorted(
    rows.filter((row) => holds(select.where, scope, row)),
    select,
    scope,
  ).slice(0, select.top);
  return { columns, rows: chosen.map((row) => select.items.map(({ expression }) => evaluate(expression, scope, row))) };
}

function sorted(rows: Row[], select: Select, scope: Scope): Row[] {
  const { orderBy } = select;
  if (orderBy === undefined) return rows;
  const direction = orderBy.descending ? -1 : 1;
  return rows.toSorted((one, other) => {
    const [a, b] = [comparable(evaluate(orderBy.expression, scope, one)), comparable(evaluate(orderBy.expression, scope, other))];
    if (a === b) return 0;
    return (a ?? 0) < (b ?? 0) ? -direction : direction;
  });
}
