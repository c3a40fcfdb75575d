import { parseBackup, parseRestore } from './parse-backup';
import { parseCredential } from './parse-credential';
import { parseCheckDatabase, parseDropDatabase } from './parse-database';
import { parseExpression, parseType } from './parse-expression';
import { parseSelect } from './parse-select';
import type { Expression } from './expressions';
import type { Execute, Statement } from './statements';
import { createTokenCursor, type TokenCursor } from './token-cursor';
import { tokenize } from './tokenize';

const sessionOptions = new Set(
  `ANSI_NULLS ANSI_NULL_DFLT_ON ANSI_PADDING ANSI_WARNINGS ARITHABORT CONCAT_NULL_YIELDS_NULL CURSOR_CLOSE_ON_COMMIT
   DATEFIRST DATEFORMAT IMPLICIT_TRANSACTIONS LANGUAGE LOCK_TIMEOUT NOCOUNT NUMERIC_ROUNDABORT QUOTED_IDENTIFIER ROWCOUNT
   TEXTSIZE TRANSACTION XACT_ABORT`.split(/\s+/),
);
const statementWords = [
  'SET',
  'SELECT',
  'USE',
  'DECLARE',
  'EXEC',
  'EXECUTE',
  'BACKUP',
  'RESTORE',
  'CREATE',
  'ALTER',
  'DROP',
  'DBCC',
  'KILL',
];

/** Parses a whole batch before any of it runs. Throws SqlError 102 and its kin for what the sandbox does not know. */
export function parseBatch(sql: string): Statement[] {
  const cursor = createTokenCursor(tokenize(sql));
  const statements: Statement[] = [];
  for (;;) {
    while (cursor.take(';'));
    if (cursor.peek().kind === 'end') return statements;
    statements.push(parseStatement(cursor));
  }
}

function parseStatement(cursor: TokenCursor): Statement {
  if (cursor.at('SELECT')) return parseSelect(cursor);
  if (cursor.at('BACKUP')) return parseBackup(cursor);
  if (cursor.at('RESTORE')) return parseRestore(cursor);
  if (cursor.at('DROP', 'DATABASE')) return parseDropDatabase(cursor);
  if (cursor.at('DBCC')) return parseCheckDatabase(cursor);
  if (cursor.at('CREATE') || cursor.at('ALTER') || cursor.at('DROP')) return parseCredential(cursor);
  if (cursor.take('SET')) return parseSet(cursor);
  if (cursor.take('KILL')) return { kind: 'kill', sessionId: parseInteger(cursor) };
  if (cursor.take('USE')) return { kind: 'use', database: cursor.name() };
  if (cursor.take('DECLARE')) return parseDeclare(cursor);
  if (cursor.take('EXEC') || cursor.take('EXECUTE')) return parseExecute(cursor);
  return cursor.fail();
}

function parseSet(cursor: TokenCursor): Statement {
  if (cursor.peek().kind === 'variable') {
    const name = parseVariable(cursor);
    cursor.expect('=');
    return { kind: 'assign', name, value: parseExpression(cursor) };
  }
  if (!sessionOptions.has(cursor.peek().text.toUpperCase())) cursor.fail();
  cursor.next();
  while (!endsStatement(cursor)) cursor.next();
  return { kind: 'set option' };
}

function endsStatement(cursor: TokenCursor): boolean {
  return cursor.peek().kind === 'end' || cursor.at(';') || statementWords.some((word) => cursor.at(word));
}

function parseDeclare(cursor: TokenCursor): Statement {
  const name = parseVariable(cursor);
  cursor.take('AS');
  const type = parseType(cursor);
  return { kind: 'declare', name, type, value: cursor.take('=') ? parseExpression(cursor) : undefined };
}

function parseExecute(cursor: TokenCursor): Execute {
  const result = cursor.peek().kind === 'variable' ? parseVariable(cursor) : undefined;
  if (result !== undefined) cursor.expect('=');
  const parts = [cursor.name()];
  while (cursor.take('.')) parts.push(cursor.name());
  const found = new Map<string, Expression>();
  if (!endsStatement(cursor)) {
    do {
      const [name, value] = parseArgument(cursor, found.size);
      found.set(name, value);
    } while (cursor.take(','));
  }
  return { kind: 'execute', procedure: (parts[parts.length - 1] as string).toLowerCase(), result, arguments: found };
}

/** A value alone has the name of its place: `@1`, `@2`. */
function parseArgument(cursor: TokenCursor, before: number): [name: string, value: Expression] {
  if (cursor.peek().kind !== 'variable') return [`@${before + 1}`, parseExpression(cursor)];
  const name = parseVariable(cursor);
  cursor.expect('=');
  return [name, parseExpression(cursor)];
}

/** A literal: KILL takes no expression and no variable. */
function parseInteger(cursor: TokenCursor): number {
  return /^\d+$/.test(cursor.peek().text) ? cursor.number() : cursor.fail();
}

function parseVariable(cursor: TokenCursor): string {
  return cursor.peek().kind === 'variable' ? cursor.next().text.toLowerCase() : cursor.fail();
}
