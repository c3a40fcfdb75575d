import type { ColumnType } from '../tds/columns';
import type { Comparison, Expression } from './statements';
import type { TokenCursor } from './token-cursor';

const types: Readonly<Record<string, ColumnType>> = {
  int: 'int',
  smallint: 'int',
  bigint: 'bigint',
  bit: 'bit',
  float: 'float',
  nvarchar: 'nvarchar',
  varchar: 'nvarchar',
  sysname: 'nvarchar',
  datetime: 'datetime',
};

export function parseExpression(cursor: TokenCursor): Expression {
  const token = cursor.peek();
  if (token.kind === 'string') return { kind: 'literal', value: cursor.string() };
  if (token.kind === 'number') return { kind: 'literal', value: cursor.number() };
  if (cursor.take('-')) return { kind: 'literal', value: -cursor.number() };
  if (token.kind === 'variable') return { kind: 'variable', name: cursor.next().text.toLowerCase() };
  if (cursor.take('NULL')) return { kind: 'literal', value: null };
  if (cursor.at('CAST', '(')) return parseCast(cursor);
  const first = cursor.name();
  if (token.kind === 'word' && cursor.at('('))
    return { kind: 'call', name: first.toLowerCase(), arguments: parseArguments(cursor) };
  if (!cursor.take('.')) return { kind: 'column', qualifier: undefined, name: first };
  return { kind: 'column', qualifier: first, name: cursor.name() };
}

export function parseType(cursor: TokenCursor): ColumnType {
  const type = types[cursor.peek().text.toLowerCase()];
  if (type === undefined) return cursor.fail();
  cursor.next();
  if (cursor.take('(')) {
    if (!cursor.take('MAX')) cursor.number();
    cursor.expect(')');
  }
  return type;
}

/** Comparisons joined by AND; no OR, no parentheses. */
export function parseConditions(cursor: TokenCursor): Comparison[] {
  const conditions: Comparison[] = [];
  do {
    conditions.push(parseComparison(cursor));
  } while (cursor.take('AND'));
  return conditions;
}

function parseComparison(cursor: TokenCursor): Comparison {
  const left = parseExpression(cursor);
  const nothing: Expression = { kind: 'literal', value: null };
  if (cursor.take('IS', 'NULL')) return { left, operator: 'is null', right: nothing };
  if (cursor.take('IS', 'NOT', 'NULL')) return { left, operator: 'is not null', right: nothing };
  for (const operator of ['=', '<>', '<=', '>=', '<', '>'] as const) {
    if (cursor.take(operator)) return { left, operator, right: parseExpression(cursor) };
  }
  return cursor.fail();
}

function parseCast(cursor: TokenCursor): Expression {
  cursor.expect('CAST', '(');
  const expression = parseExpression(cursor);
  cursor.expect('AS');
  const type = parseType(cursor);
  cursor.expect(')');
  return { kind: 'cast', expression, type };
}

function parseArguments(cursor: TokenCursor): Expression[] {
  cursor.expect('(');
  const found: Expression[] = [];
  if (cursor.take(')')) return found;
  do {
    found.push(parseExpression(cursor));
  } while (cursor.take(','));
  cursor.expect(')');
  return found;
}
