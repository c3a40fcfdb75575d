import { sqlError, syntaxError } from './sql-error';
import type { Token } from './tokenize';

/** Reads tokens one after the other; what does not fit throws error 102 naming the token. */
export interface TokenCursor {
  peek(ahead?: number): Token;
  next(): Token;
  /** True when the next tokens are these words or symbols, whatever their case. */
  at(...words: string[]): boolean;
  /** Takes the words when they come next. */
  take(...words: string[]): boolean;
  expect(...words: string[]): void;
  /** A plain or quoted identifier, at most 128 characters. */
  name(): string;
  string(): string;
  number(): number;
  fail(): never;
}

export function createTokenCursor(tokens: readonly Token[]): TokenCursor {
  const last = tokens[tokens.length - 1] as Token;
  let position = 0;
  const peek = (ahead = 0): Token => tokens[position + ahead] ?? last;
  const fail = (): never => {
    throw syntaxError(peek().text);
  };
  const matches = (token: Token, word: string) =>
    (token.kind === 'word' || token.kind === 'symbol' || token.kind === 'variable') &&
    token.text.toUpperCase() === word.toUpperCase();
  const at = (...words: string[]) => words.every((word, index) => matches(peek(index), word));
  const take = (...words: string[]) => {
    if (!at(...words)) return false;
    position += words.length;
    return true;
  };
  const taking = (kinds: readonly Token['kind'][]) => {
    const token = peek();
    if (!kinds.includes(token.kind)) fail();
    position++;
    return token.text;
  };
  return {
    peek,
    fail,
    at,
    take,
    next: () => {
      const token = peek();
      position++;
      return token;
    },
    expect: (...words) => {
      if (!take(...words)) fail();
    },
    name: () => {
      const name = taking(['word', 'quoted']);
      if (name.length === 0) fail();
      if (name.length > 128)
        throw sqlError(103, `The identifier that starts with '${name.slice(0, 128)}' is too long. Maximum length is 128.`, {
          class: 15,
        });
      return name;
    },
    string: () => taking(['string']),
    number: () => Number(taking(['number'])),
  };
}
