import { sqlError } from './sql-error';
import type { Backup, Restore } from './statements';
import type { TokenCursor } from './token-cursor';

type OptionValue = 'flag' | 'text' | 'number' | 'optional number';
type OptionTable = Readonly<Record<string, OptionValue>>;

const backupOptions: OptionTable = {
  COPY_ONLY: 'flag',
  CHECKSUM: 'flag',
  NO_CHECKSUM: 'flag',
  COMPRESSION: 'flag',
  NO_COMPRESSION: 'flag',
  FORMAT: 'flag',
  NOFORMAT: 'flag',
  INIT: 'flag',
  NOINIT: 'flag',
  SKIP: 'flag',
  NOSKIP: 'flag',
  STOP_ON_ERROR: 'flag',
  NAME: 'text',
  DESCRIPTION: 'text',
  MEDIANAME: 'text',
  STATS: 'optional number',
  BLOCKSIZE: 'number',
  BUFFERCOUNT: 'number',
  MAXTRANSFERSIZE: 'number',
};

const restoreOptions: OptionTable = {
  CHECKSUM: 'flag',
  NO_CHECKSUM: 'flag',
  STOP_ON_ERROR: 'flag',
  FILE: 'number',
  STATS: 'optional number',
};

const restoreActions = ['VERIFYONLY', 'HEADERONLY', 'FILELISTONLY'] as const;

export function parseBackup(cursor: TokenCursor): Backup {
  cursor.expect('BACKUP', 'DATABASE');
  const database = cursor.name();
  cursor.expect('TO');
  const path = parseDisk(cursor);
  return { kind: 'backup', database, path, options: parseOptions(cursor, 'BACKUP', backupOptions) };
}

export function parseRestore(cursor: TokenCursor): Restore {
  cursor.expect('RESTORE');
  const action = restoreActions.find((word) => cursor.take(word)) ?? cursor.fail();
  cursor.expect('FROM');
  const path = parseDisk(cursor);
  return { kind: 'restore', action, path, options: parseOptions(cursor, 'RESTORE', restoreOptions) };
}

function parseDisk(cursor: TokenCursor): string {
  cursor.expect('DISK', '=');
  return cursor.string();
}

function parseOptions(cursor: TokenCursor, statement: string, table: OptionTable): Map<string, string | number | true> {
  const options = new Map<string, string | number | true>();
  if (!cursor.take('WITH')) return options;
  do {
    const token = cursor.next();
    const name = token.text.toUpperCase();
    const takes = token.kind === 'word' ? table[name] : undefined;
    if (takes === undefined) throw sqlError(155, `'${token.text}' is not a recognized ${statement} option.`, { class: 15 });
    options.set(name, parseValue(cursor, takes));
  } while (cursor.take(','));
  return options;
}

function parseValue(cursor: TokenCursor, takes: OptionValue): string | number | true {
  if (takes === 'flag' || (takes === 'optional number' && !cursor.at('='))) return true;
  cursor.expect('=');
  return takes === 'text' ? cursor.string() : cursor.number();
}
