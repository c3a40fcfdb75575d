import { parseConditions, parseExpression } from './parse-expression';
import type { Select, SelectItem, TableSource } from './statements';
import type { TokenCursor } from './token-cursor';

const afterSource = [
  'INNER',
  'JOIN',
  'WHERE',
  'ORDER',
  'ON',
  'SELECT',
  'SET',
  'USE',
  'DECLARE',
  'EXEC',
  'EXECUTE',
  'BACKUP',
  'RESTORE',
  'GO',
];

/** One SELECT: a list of expressions, at most inner joins, conditions joined by AND, one ORDER BY column. */
export function parseSelect(cursor: TokenCursor): Select {
  cursor.expect('SELECT');
  const top = parseTop(cursor);
  const items = [parseItem(cursor)];
  while (cursor.take(',')) items.push(parseItem(cursor));
  const from = cursor.take('FROM') ? parseSources(cursor) : [];
  const where = cursor.take('WHERE') ? parseConditions(cursor) : [];
  return { kind: 'select', top, items, from, where, orderBy: parseOrderBy(cursor) };
}

function parseTop(cursor: TokenCursor): number | undefined {
  if (!cursor.take('TOP')) return undefined;
  const parenthesised = cursor.take('(');
  const top = cursor.number();
  if (parenthesised) cursor.expect(')');
  return top;
}

function parseItem(cursor: TokenCursor): SelectItem {
  const expression = parseExpression(cursor);
  return { expression, alias: cursor.take('AS') ? cursor.name() : undefined };
}

function parseSources(cursor: TokenCursor): TableSource[] {
  const sources = [parseSource(cursor)];
  while (cursor.at('INNER', 'JOIN') || cursor.at('JOIN')) {
    cursor.take('INNER');
    cursor.expect('JOIN');
    const source = parseSource(cursor);
    cursor.expect('ON');
    sources.push({ ...source, on: parseConditions(cursor) });
  }
  return sources;
}

function parseSource(cursor: TokenCursor): TableSource {
  const parts = [cursor.name()];
  while (cursor.take('.')) parts.push(cursor.name());
  const hasAlias = cursor.take('AS') || (cursor.peek().kind === 'word' && !afterSource.some((word) => cursor.at(word)));
  const alias = hasAlias ? cursor.name() : (parts[parts.length - 1] as string);
  return { object: parts.join('.').toLowerCase(), alias: alias.toLowerCase(), on: [] };
}

function parseOrderBy(cursor: TokenCursor): Select['orderBy'] {
  if (!cursor.take('ORDER')) return undefined;
  cursor.expect('BY');
  const expression = parseExpression(cursor);
  const descending = cursor.take('DESC');
  if (!descending) cursor.take('ASC');
  return { expression, descending };
}
