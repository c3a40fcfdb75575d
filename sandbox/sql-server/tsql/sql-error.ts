import type { ServerMessage } from '../tds/tokens';

/** A statement that SQL Server refuses: one or more messages, the wrapper (3013) last. */
export class SqlError extends Error {
  constructor(readonly messages: readonly ServerMessage[]) {
    super(messages.map((message) => `${message.number} ${message.text}`).join(' / '));
  }
}

export function sqlError(number: number, text: string, options: { class?: number; state?: number } = {}): SqlError {
  return new SqlError([{ number, text, class: options.class ?? 16, state: options.state ?? 1 }]);
}

export function syntaxError(near: string): SqlError {
  return sqlError(102, `Incorrect syntax near '${near}'.`, { class: 15 });
}
