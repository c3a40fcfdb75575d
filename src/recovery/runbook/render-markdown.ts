import { placeNames, wayNames } from '../../contracts/runbook';
import type { Runbook, RunbookItem, RunbookSection, RunbookStep, Text } from '../../contracts/runbook';
import { visible } from '../../contracts/words';

/** As CommonMark with tables and task lists. Values are code, which nothing in them ends. */
export function renderMarkdown(runbook: Runbook): string {
  const { title, facts, warnings, sections } = runbook;
  return [
    `# ${prose(title)}`,
    facts.map(({ name, text }) => `- **${prose(name)}:** ${inline(text)}`).join('\n'),
    ...(warnings.length === 0
      ? []
      : ['## Before you begin: warnings', warnings.map(({ code, text }) => `- ${span(code)} ${inline(text)}`).join('\n')]),
    ...sections.flatMap((section, i) => sectionOf(section, i + 1)),
    '',
  ].join('\n\n');
}

function sectionOf({ title, steps }: RunbookSection, number: number): string[] {
  return [`## ${number}. ${prose(title)}`, ...steps.flatMap((step, i) => stepOf(step, `${number}.${i + 1}`))];
}

function stepOf({ title, way, items }: RunbookStep, number: string): string[] {
  const which = way === undefined ? '' : ` (${wayNames[way]})`;
  return [`### ${number} ${inline(title)}${which}`, ...items.map(itemOf)];
}

function itemOf(item: RunbookItem): string {
  switch (item.type) {
    case 'note':
      return inline(item.text);
    case 'warning':
      return `**Careful:** ${inline(item.text)}`;
    case 'check':
      return `- [ ] ${inline(item.text)}`;
    case 'prompt':
      return `**It asks:** ${inline(item.asks)} **Answer:** ${inline(item.answer)}`;
    case 'command': {
      const saved = item.saveAs === undefined ? '' : `, saved as ${span(item.saveAs)}`;
      return `*${placeNames[item.where]}, ${item.shell}${saved}:*\n\n${fence(item.shell === 'tsql' ? 'sql' : item.shell, item.text)}`;
    }
    case 'file':
      return `${span(item.name)}:\n\n${fence(item.language, item.text)}`;
    case 'table':
      return tableOf(item.columns, item.rows);
  }
}

function tableOf(columns: readonly string[], rows: readonly (readonly Text[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const cell = (text: Text) => inline(text).replace(/(?<!\\)\|/g, String.raw`\|`) || ' ';
  return [line(columns.map(prose)), line(columns.map(() => '---')), ...rows.map((row) => line(row.map(cell)))].join('\n');
}

function inline(text: Text): string {
  return text.map((piece) => (typeof piece === 'string' ? prose(piece) : span(piece.value))).join('');
}

/** What would be markup is not. */
function prose(text: string): string {
  return visible(text).replace(/[\\`*_[\]<>&~|$#]/g, String.raw`\$&`);
}

/** A code span fenced by more backticks than it has in a row. */
function span(value: string): string {
  const shown = visible(value);
  const ticks = '`'.repeat(longestRun(shown) + 1);
  const pad = /^[` ]|[` ]$/.test(shown) ? ' ' : '';
  return `${ticks}${pad}${shown}${pad}${ticks}`;
}

function fence(language: string, text: string): string {
  const ticks = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${ticks}${language}\n${text.replace(/\n$/, '')}\n${ticks}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
