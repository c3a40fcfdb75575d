import type { CommandPlace, CommandShell, RunbookCommand, RunbookItem, Text } from '../../contracts/runbook';

/** A sentence: what is put into it is a value and never taken for markup; numbers and other sentences are taken as they are. */
export function say(words: TemplateStringsArray, ...values: readonly (string | number | Text)[]): Text {
  const pieces = words.flatMap((word, i): Text => [word, ...pieceOf(values[i])]);
  return pieces.filter((piece) => piece !== '');
}

function pieceOf(value: string | number | Text | undefined): Text {
  if (value === undefined) return [];
  if (typeof value === 'number') return [String(value)];
  return typeof value === 'string' ? [{ value }] : value;
}

/** Values with commas between them. */
export function list(values: readonly string[]): Text {
  return values.flatMap((value, i): Text => (i === 0 ? [{ value }] : [', ', { value }]));
}

/** True for what stands on one line as it is. */
export function isPlain(value: string): boolean {
  return value !== '' && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(value);
}

export const note = (text: Text): RunbookItem => ({ type: 'note', text });
export const warning = (text: Text): RunbookItem => ({ type: 'warning', text });
export const check = (text: Text): RunbookItem => ({ type: 'check', text });
export const prompt = (asks: Text, answer: Text): RunbookItem => ({ type: 'prompt', asks, answer });

/** Makes the commands of one shell in one place. */
export function commandsOn(where: CommandPlace, shell: CommandShell, needs: readonly string[] = []) {
  return (id: string, ...lines: readonly string[]): RunbookCommand => ({
    ...{ type: 'command', id, shell, where, needs: [...needs], text: lines.join('\n') },
  });
}

export const withHubkeep = commandsOn('recovery-host', 'bash', ['hubkeep']);

/** `2026-11-22 02:14:09 UTC`: to the second, as logs have it. */
export function instant(at: string): string {
  return at
    .replace(/\.\d+(?=Z$)/, '')
    .replace('T', ' ')
    .replace(/Z$/, ' UTC');
}
