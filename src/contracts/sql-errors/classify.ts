import type { SqlErrorAction, SqlErrorKind, SqlErrorRule } from './rule';
import { sqlErrorRules } from './table';

export interface SqlErrorMeaning {
  readonly kind: SqlErrorKind;
  readonly action: SqlErrorAction;
  readonly advice: string | undefined;
  /** The Windows error that the text quotes. */
  readonly osError: number | undefined;
}

/** Numbers whose meaning lies in the Windows error their text quotes. */
const quoting = new Set(sqlErrorRules.flatMap(({ os, numbers }) => (os === undefined ? [] : numbers)));

/** A number that the table does not have is `configuration`: trying again is only worth it where we know that it can help. */
export function classifySqlError(number: number, message: string): SqlErrorMeaning {
  const osError = quoting.has(number) ? osErrorIn(message) : undefined;
  const rule = sqlErrorRules.find((candidate) => fits(candidate, number, osError));
  if (rule !== undefined) return { kind: rule.kind, action: rule.action, advice: rule.advice, osError };
  const advice = `Error ${number} is none that Hubkeep knows: see its text and the SQL Server error log.`;
  return { kind: 'configuration', action: 'fail', advice, osError };
}

/** A wrapper says nothing by itself: an error before it does. */
export function isWrapper(number: number, message: string): boolean {
  return classifySqlError(number, message).kind === 'wrapper';
}

function fits({ numbers, os }: SqlErrorRule, number: number, osError: number | undefined): boolean {
  return numbers.includes(number) && (os === undefined || (osError !== undefined && os.includes(osError)));
}

/** The text is localised; the number before the last bracket, which may be of any script, is not. A path may have brackets of its own. */
export function osErrorIn(message: string): number | undefined {
  const numbers = [...message.matchAll(/(\d+)\s*[(（]/g)].map(([, number]) => Number(number));
  return numbers.at(-1);
}
