import { stagingNames } from './staging-names';
import type * as sql from './statements';

export interface ExplainedStatement {
  readonly name: string;
  /** One sentence: what for, and when. */
  readonly purpose: string;
  readonly statement: string;
  /** Values of its parameters in the example, by name. */
  readonly parameters: Readonly<Record<string, string | number>>;
}

/** What the examples are about. */
export const database = 'appservice_hosting';
export const runId = '20261122T020000Z-7f3a';
export const names = stagingNames({ runId, server: 'sql1', database, attempt: '0a1b', stripes: 3 });
export const devices = names.map((name): sql.BackupDevice => ({ kind: 'disk', name: `D:\\Backup\\${name}` }));

export function explain(
  name: string,
  purpose: string,
  ...[statement, parameters = {}]: [statement: string, parameters?: Readonly<Record<string, string | number>>]
): ExplainedStatement {
  return { name, purpose, statement, parameters };
}
