import type { Comparator, Condition } from '../tsql/expressions';
import { evaluate, type Row, type Scope } from './evaluate';
import { comparable, order } from './values';

const comparators: Readonly<Record<Comparator, (order: number) => boolean>> = {
  '=': (result) => result === 0,
  '<>': (result) => result !== 0,
  '<': (result) => result < 0,
  '>': (result) => result > 0,
  '<=': (result) => result <= 0,
  '>=': (result) => result >= 0,
};

/** False also where the answer is unknown, as WHERE and ON take it. */
export function isTrue(condition: Condition, scope: Scope, row: Row): boolean {
  return truthOf(condition, scope, row) === true;
}

/** Undefined stands for UNKNOWN, which a comparison with NULL gives. */
function truthOf(condition: Condition, scope: Scope, row: Row): boolean | undefined {
  switch (condition.kind) {
    case 'is null':
      return evaluate(condition.of, scope, row) === null;
    case 'comparison': {
      const [left, right] = [evaluate(condition.left, scope, row), evaluate(condition.right, scope, row)];
      if (left === null || right === null) return undefined;
      return comparators[condition.operator](order(left, right));
    }
    case 'like': {
      const [text, pattern] = [evaluate(condition.of, scope, row), evaluate(condition.pattern, scope, row)];
      return text === null || pattern === null ? undefined : likePattern(String(pattern)).test(String(comparable(text)));
    }
    case 'not': {
      const truth = truthOf(condition.of, scope, row);
      return truth === undefined ? undefined : !truth;
    }
    case 'and':
    case 'or':
      return combine(
        condition.of.map((part) => truthOf(part, scope, row)),
        condition.kind === 'or',
      );
  }
}

/** One part that is `decisive` settles it; otherwise one unknown part leaves it unknown. */
function combine(parts: readonly (boolean | undefined)[], decisive: boolean): boolean | undefined {
  if (parts.includes(decisive)) return decisive;
  return parts.includes(undefined) ? undefined : !decisive;
}

/** `%` any text, `_` any character, `[…]` one of a set. */
function likePattern(pattern: string): RegExp {
  const source = pattern
    .toLowerCase()
    .replace(/\[[^\]]+\]|[%_]|[\\^$.*+?()|{}[\]/]/g, (part) =>
      part === '%' ? '.*' : part === '_' ? '.' : part.length > 1 ? part.replaceAll('\\', '\\\\') : `\\${part}`,
    );
  return new RegExp(`^${source}$`, 'su');
}
