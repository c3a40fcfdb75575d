import type { Condition, Expression } from './expressions';
import { parseCondition } from './parse-condition';
import { parseExpression } from './parse-expression';
import type { OrderItem, Select, SelectItem, TableSource } from './statements';
import type { TokenCursor } from './token-cursor';

/** Words that follow a table; anything else there is its alias. */
const afterSource =
  `INNER LEFT OUTER CROSS JOIN WHERE GROUP HAVING ORDER ON OPTION SELECT SET USE DECLARE EXEC EXECUTE BACKUP RESTORE
   CREATE ALTER DROP DBCC GO`.split(/\s+/);

/** One SELECT without subqueries: expressions, inner and left joins, WHERE, GROUP BY, HAVING, ORDER BY. */
export function parseSelect(cursor: TokenCursor): Select {
  cursor.expect('SELECT');
  const distinct = cursor.take('DISTINCT');
  const top = parseTop(cursor);
  const items = [parseItem(cursor)];
  while (cursor.take(',')) items.push(parseItem(cursor));
  const from = cursor.take('FROM') ? parseSources(cursor) : [];
  const where = cursor.take('WHERE') ? parseCondition(cursor) : undefined;
  const groupBy = cursor.take('GROUP', 'BY') ? parseList(cursor, parseExpression) : undefined;
  const having = cursor.take('HAVING') ? parseCondition(cursor) : undefined;
  const orderBy = cursor.take('ORDER', 'BY') ? parseList(cursor, parseOrderItem) : [];
  return { kind: 'select', distinct, top, items, from, where, groupBy, having, orderBy };
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
  for (;;) {
    const join = takeJoin(cursor);
    if (join === undefined) return sources;
    const source = parseSource(cursor);
    cursor.expect('ON');
    sources.push({ ...source, join, on: parseCondition(cursor) });
  }
}

function takeJoin(cursor: TokenCursor): TableSource['join'] | undefined {
  if (cursor.take('LEFT', 'OUTER', 'JOIN') || cursor.take('LEFT', 'JOIN')) return 'left';
  return cursor.take('INNER', 'JOIN') || cursor.take('JOIN') ? 'inner' : undefined;
}

function parseSource(cursor: TokenCursor): TableSource {
  const parts = [cursor.name()];
  while (cursor.take('.')) parts.push(cursor.name());
  const parameters = cursor.take('(') ? parseParameters(cursor) : undefined;
  const hasAlias = cursor.take('AS') || (cursor.peek().kind === 'word' && !afterSource.some((word) => cursor.at(word)));
  const alias = hasAlias ? cursor.name() : (parts[parts.length - 1] as string);
  return { parts, parameters, alias: alias.toLowerCase(), join: 'inner', on: everything };
}

const everything: Condition = { kind: 'and', of: [] };

function parseParameters(cursor: TokenCursor): Expression[] {
  if (cursor.take(')')) return [];
  const found = parseList(cursor, parseExpression);
  cursor.expect(')');
  return found;
}

function parseOrderItem(cursor: TokenCursor): OrderItem {
  const expression = parseExpression(cursor);
  const descending = cursor.take('DESC');
  if (!descending) cursor.take('ASC');
  return { expression, descending };
}

function parseList<T>(cursor: TokenCursor, parse: (cursor: TokenCursor) => T): T[] {
  const found = [parse(cursor)];
  while (cursor.take(',')) found.push(parse(cursor));
  return found;
}
