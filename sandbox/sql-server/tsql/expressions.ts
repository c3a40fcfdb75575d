import type { ColumnType } from '../tds/columns';

export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | null }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'column'; readonly qualifier: string | undefined; readonly name: string }
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly Expression[] }
  | { readonly kind: 'aggregate'; readonly name: AggregateName; readonly of: Expression | 'rows'; readonly distinct: boolean }
  | {
      readonly kind: 'arithmetic';
      readonly operator: '+' | '-' | '*' | '/';
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'case'; readonly branches: readonly CaseBranch[]; readonly otherwise: Expression }
  | { readonly kind: 'cast'; readonly expression: Expression; readonly type: ColumnType };

export const aggregateNames = ['count', 'sum', 'min', 'max'] as const;
export type AggregateName = (typeof aggregateNames)[number];

export interface CaseBranch {
  readonly when: Condition;
  readonly then: Expression;
}

export type Comparator = '=' | '<>' | '<' | '>' | '<=' | '>=';

/** What is true, false or, where NULL has a part in it, unknown. */
export type Condition =
  | { readonly kind: 'comparison'; readonly operator: Comparator; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'is null'; readonly of: Expression }
  | { readonly kind: 'like'; readonly of: Expression; readonly pattern: Expression }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Condition[] };

const conditionKinds: readonly string[] = ['comparison', 'is null', 'like', 'not', 'and', 'or'];

export function isCondition(node: Expression | Condition): node is Condition {
  return conditionKinds.includes(node.kind);
}
