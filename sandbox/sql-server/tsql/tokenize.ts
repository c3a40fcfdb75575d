import { sqlError, syntaxError } from './sql-error';

export type TokenKind = 'word' | 'quoted' | 'string' | 'number' | 'variable' | 'symbol' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** A quoted name or a string without its quotes; a variable with its `@`; anything else as written. */
  readonly text: string;
}

const space = /\s+/y;
const lineComment = /--[^\n]*/y;
const number = /\d+(?:\.\d+)?/y;
const variable = /@@?[\p{L}_$#][\p{L}\p{N}_$#@]*/uy;
const word = /[\p{L}_#][\p{L}\p{N}_$#@]*/uy;
const symbol = /<>|<=|>=|!=|[=<>().,;*+/-]/y;

/** Splits T-SQL into tokens, the last of kind `end`. Throws what SQL Server throws for text it cannot read. */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(sql)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const add = (kind: TokenKind, text: string) => tokens.push({ kind, text });

  while (at < sql.length) {
    if (match(space) !== undefined || match(lineComment) !== undefined) continue;
    if (sql.startsWith('/*', at)) {
      at = endOfComment(sql, at);
      continue;
    }
    const quote = openingQuote(sql, at);
    if (quote !== undefined) {
      const { text, end } = readQuoted(sql, at + quote.length, quote.close);
      add(quote.kind, text);
      at = end;
      continue;
    }
    const start = at;
    const kind: TokenKind | undefined =
      match(number) !== undefined
        ? 'number'
        : match(variable) !== undefined
          ? 'variable'
          : match(word) !== undefined
            ? 'word'
            : match(symbol) !== undefined
              ? 'symbol'
              : undefined;
    if (kind === undefined) throw syntaxError(sql.charAt(at));
    add(kind, sql.slice(start, at));
  }
  add('end', '');
  return tokens;
}

interface Quote {
  readonly kind: 'quoted' | 'string';
  /** Characters of the opening. */
  readonly length: number;
  readonly close: string;
}

function openingQuote(sql: string, at: number): Quote | undefined {
  const first = sql.charAt(at);
  if (first === '[') return { kind: 'quoted', length: 1, close: ']' };
  if (first === '"') return { kind: 'quoted', length: 1, close: '"' };
  if (first === "'") return { kind: 'string', length: 1, close: "'" };
  if ((first === 'N' || first === 'n') && sql.charAt(at + 1) === "'") return { kind: 'string', length: 2, close: "'" };
  return undefined;
}

/** A closing quote inside is written twice. */
function readQuoted(sql: string, from: number, close: string): { text: string; end: number } {
  let text = '';
  let at = from;
  for (;;) {
    const end = sql.indexOf(close, at);
    if (end < 0) throw sqlError(105, `Unclosed quotation mark after the character string '${sql.slice(from)}'.`, { class: 15 });
    text += sql.slice(at, end);
    if (sql.charAt(end + 1) !== close) return { text, end: end + 1 };
    text += close;
    at = end + 2;
  }
}

/** Block comments nest in T-SQL. */
function endOfComment(sql: string, from: number): number {
  let depth = 0;
  let at = from;
  do {
    if (at >= sql.length) throw sqlError(113, "Missing end comment mark '*/'.", { class: 15 });
    if (sql.startsWith('/*', at)) depth++;
    else if (sql.startsWith('*/', at)) depth--;
    at += sql.startsWith('/*', at) || sql.startsWith('*/', at) ? 2 : 1;
  } while (depth > 0);
  return at;
}
