import type { ColumnType } from '../tds/columns';
import { aggregateNames, isCondition, type CaseBranch, type Condition, type Expression } from './expressions';
import { parseCondition, parseNode } from './parse-condition';
import type { TokenCursor } from './token-cursor';

const types: Readonly<Record<string, ColumnType>> = {
  int: 'int',
  smallint: 'int',
  tinyint: 'int',
  bigint: 'bigint',
  bit: 'bit',
  float: 'float',
  nvarchar: 'nvarchar',
  varchar: 'nvarchar',
  sysname: 'nvarchar',
  datetime: 'datetime',
  datetime2: 'datetime',
  uniqueidentifier: 'uniqueidentifier',
};

/** Their first argument is a word that names a part of a date. */
const datePartCalls: readonly string[] = ['datepart', 'dateadd', 'datediff'];

/** A value: sums of products of literals, variables, columns, calls, casts and CASE. */
export function parseExpression(cursor: TokenCursor): Expression {
  return requireValue(parseSum(cursor), cursor);
}

/** A sum, or the condition that its only, parenthesised part is. */
export function parseSum(cursor: TokenCursor): Expression | Condition {
  let left = parseProduct(cursor);
  for (;;) {
    const operator = (['+', '-'] as const).find((symbol) => cursor.take(symbol));
    if (operator === undefined) return left;
    const right = requireValue(parseProduct(cursor), cursor);
    left = { kind: 'arithmetic', operator, left: requireValue(left, cursor), right };
  }
}

function parseProduct(cursor: TokenCursor): Expression | Condition {
  let left = parsePrimary(cursor);
  for (;;) {
    const operator = (['*', '/'] as const).find((symbol) => cursor.take(symbol));
    if (operator === undefined) return left;
    const right = requireValue(parsePrimary(cursor), cursor);
    left = { kind: 'arithmetic', operator, left: requireValue(left, cursor), right };
  }
}

function requireValue(node: Expression | Condition, cursor: TokenCursor): Expression {
  return isCondition(node) ? cursor.fail() : node;
}

function parsePrimary(cursor: TokenCursor): Expression | Condition {
  const token = cursor.peek();
  if (cursor.take('(')) {
    const inner = parseNode(cursor);
    cursor.expect(')');
    return inner;
  }
  if (token.kind === 'string') return { kind: 'literal', value: cursor.string() };
  if (token.kind === 'number') return { kind: 'literal', value: cursor.number() };
  if (cursor.take('-')) return { kind: 'literal', value: -cursor.number() };
  if (token.kind === 'variable') return { kind: 'variable', name: cursor.next().text.toLowerCase() };
  if (cursor.take('NULL')) return { kind: 'literal', value: null };
  if (cursor.at('CAST', '(')) return parseCast(cursor);
  if (cursor.at('CONVERT', '(')) return parseConvert(cursor);
  if (cursor.at('CASE')) return parseCase(cursor);
  return parseNamed(cursor);
}

/** A column or a call; a call of two names is one of schema `sys`. */
function parseNamed(cursor: TokenCursor): Expression {
  const { kind } = cursor.peek();
  const first = cursor.name();
  if (kind === 'word' && cursor.at('(')) return parseCall(first.toLowerCase(), cursor);
  if (!cursor.take('.')) return { kind: 'column', qualifier: undefined, name: first };
  const second = cursor.name();
  if (cursor.at('(')) return parseCall(`${first}.${second}`.toLowerCase(), cursor);
  return { kind: 'column', qualifier: first, name: second };
}

function parseCall(name: string, cursor: TokenCursor): Expression {
  const aggregate = aggregateNames.find((known) => known === name);
  if (aggregate === undefined) return { kind: 'call', name, arguments: parseArguments(cursor, datePartCalls.includes(name)) };
  cursor.expect('(');
  const distinct = cursor.take('DISTINCT');
  const of = aggregate === 'count' && cursor.take('*') ? 'rows' : parseExpression(cursor);
  cursor.expect(')');
  return { kind: 'aggregate', name: aggregate, of, distinct };
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

function parseCast(cursor: TokenCursor): Expression {
  cursor.expect('CAST', '(');
  const expression = parseExpression(cursor);
  cursor.expect('AS');
  const type = parseType(cursor);
  cursor.expect(')');
  return { kind: 'cast', expression, type };
}

function parseConvert(cursor: TokenCursor): Expression {
  cursor.expect('CONVERT', '(');
  const type = parseType(cursor);
  cursor.expect(',');
  const expression = parseExpression(cursor);
  if (cursor.take(',')) cursor.number();
  cursor.expect(')');
  return { kind: 'cast', expression, type };
}

function parseCase(cursor: TokenCursor): Expression {
  cursor.expect('CASE');
  const branches: CaseBranch[] = [];
  while (cursor.take('WHEN')) {
    const when = parseCondition(cursor);
    cursor.expect('THEN');
    branches.push({ when, then: parseExpression(cursor) });
  }
  if (branches.length === 0) cursor.fail();
  const otherwise: Expression = cursor.take('ELSE') ? parseExpression(cursor) : { kind: 'literal', value: null };
  cursor.expect('END');
  return { kind: 'case', branches, otherwise };
}

function parseArguments(cursor: TokenCursor, startsWithDatePart: boolean): Expression[] {
  cursor.expect('(');
  const found: Expression[] = [];
  if (cursor.take(')')) return found;
  if (startsWithDatePart) {
    found.push({ kind: 'literal', value: cursor.name().toLowerCase() });
    if (cursor.take(')')) return found;
    cursor.expect(',');
  }
  do {
    found.push(parseExpression(cursor));
  } while (cursor.take(','));
  cursor.expect(')');
  return found;
}
