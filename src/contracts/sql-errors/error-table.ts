import type { SqlErrorRule } from './rule';
import { sqlErrorRules } from './table';

/** The rules as a table in Markdown, in the order in which they count. */
export function errorTable(): string {
  const rows = sqlErrorRules.map((rule) => `| ${[numbersOf(rule), rule.kind, rule.action, rule.advice ?? ''].join(' | ')} |`);
  return ['| error | kind | Hubkeep will | you should know |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function numbersOf({ numbers, os }: SqlErrorRule): string {
  const list = numbers.join(', ');
  return os === undefined ? list : `${list} with Windows error ${os.join(', ')}`;
}
