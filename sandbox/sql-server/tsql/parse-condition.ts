import { isCondition, type Condition, type Expression } from './expressions';
import { parseExpression, parseSum } from './parse-expression';
import type { TokenCursor } from './token-cursor';

const comparators = ['=', '<>', '<=', '>=', '<', '>'] as const;

/** Comparisons, IS NULL, LIKE, IN a list and BETWEEN, joined by AND, OR, NOT and parentheses. */
export function parseCondition(cursor: TokenCursor): Condition {
  const node = parseNode(cursor);
  return isCondition(node) ? node : cursor.fail();
}

/** What stands in parentheses: a condition, or a value where one is asked for. */
export function parseNode(cursor: TokenCursor): Expression | Condition {
  return parseJoined(cursor, 'or', () => parseJoined(cursor, 'and', () => parseNegation(cursor)));
}

function parseJoined(cursor: TokenCursor, kind: 'and' | 'or', parsePart: () => Expression | Condition): Expression | Condition {
  const first = parsePart();
  if (!cursor.at(kind)) return first;
  const parts = [isCondition(first) ? first : cursor.fail()];
  while (cursor.take(kind)) {
    const part = parsePart();
    parts.push(isCondition(part) ? part : cursor.fail());
  }
  return { kind, of: parts };
}

function parseNegation(cursor: TokenCursor): Expression | Condition {
  if (!cursor.take('NOT')) return parseComparison(cursor);
  const of = parseNegation(cursor);
  return { kind: 'not', of: isCondition(of) ? of : cursor.fail() };
}

function parseComparison(cursor: TokenCursor): Expression | Condition {
  const left = parseSum(cursor);
  if (isCondition(left)) return left;
  if (cursor.take('IS', 'NOT', 'NULL')) return { kind: 'not', of: { kind: 'is null', of: left } };
  if (cursor.take('IS', 'NULL')) return { kind: 'is null', of: left };
  if (cursor.take('!=')) return { kind: 'comparison', operator: '<>', left, right: parseExpression(cursor) };
  const operator = comparators.find((symbol) => cursor.take(symbol));
  if (operator !== undefined) return { kind: 'comparison', operator, left, right: parseExpression(cursor) };
  const negated = cursor.take('NOT');
  const found = parseWordComparison(left, cursor);
  if (found === undefined) return negated ? cursor.fail() : left;
  return negated ? { kind: 'not', of: found } : found;
}

function parseWordComparison(left: Expression, cursor: TokenCursor): Condition | undefined {
  if (cursor.take('LIKE')) return { kind: 'like', of: left, pattern: parseExpression(cursor) };
  if (cursor.take('BETWEEN')) {
    const low = parseExpression(cursor);
    cursor.expect('AND');
    const high = parseExpression(cursor);
    return {
      kind: 'and',
      of: [
        { kind: 'comparison', operator: '>=', left, right: low },
        { kind: 'comparison', operator: '<=', left, right: high },
      ],
    };
  }
  if (!cursor.take('IN')) return undefined;
  cursor.expect('(');
  const equals: Condition[] = [];
  do {
    equals.push({ kind: 'comparison', operator: '=', left, right: parseExpression(cursor) });
  } while (cursor.take(','));
  cursor.expect(')');
  return { kind: 'or', of: equals };
}
