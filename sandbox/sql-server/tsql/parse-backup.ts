import { sqlError } from './sql-error';
import type { Backup, Device, OptionValue, Restore, RestoreDatabase } from './statements';
import type { TokenCursor } from './token-cursor';

type OptionKind = 'flag' | 'text' | 'number' | 'optional number' | 'compression' | 'move';
type OptionTable = Readonly<Record<string, OptionKind>>;

const backupOptions: OptionTable = {
  COPY_ONLY: 'flag',
  CHECKSUM: 'flag',
  NO_CHECKSUM: 'flag',
  COMPRESSION: 'compression',
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
  MEDIADESCRIPTION: 'text',
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
  BLOCKSIZE: 'number',
  BUFFERCOUNT: 'number',
  MAXTRANSFERSIZE: 'number',
};

const restoreDatabaseOptions: OptionTable = {
  ...restoreOptions,
  MOVE: 'move',
  REPLACE: 'flag',
  RECOVERY: 'flag',
  NORECOVERY: 'flag',
};

const restoreActions = ['VERIFYONLY', 'HEADERONLY', 'FILELISTONLY', 'LABELONLY'] as const;

export function parseBackup(cursor: TokenCursor): Backup {
  cursor.expect('BACKUP', 'DATABASE');
  const database = cursor.name();
  cursor.expect('TO');
  const devices = parseDevices(cursor);
  return { kind: 'backup', database, devices, options: parseOptions(cursor, 'BACKUP', { table: backupOptions }) };
}

export function parseRestore(cursor: TokenCursor): Restore | RestoreDatabase {
  cursor.expect('RESTORE');
  if (cursor.take('DATABASE')) return parseRestoreDatabase(cursor);
  const action = restoreActions.find((word) => cursor.take(word)) ?? cursor.fail();
  cursor.expect('FROM');
  const devices = parseDevices(cursor);
  return { kind: 'restore', action, devices, options: parseOptions(cursor, 'RESTORE', { table: restoreOptions }) };
}

function parseRestoreDatabase(cursor: TokenCursor): RestoreDatabase {
  const database = cursor.name();
  cursor.expect('FROM');
  const devices = parseDevices(cursor);
  const moves = new Map<string, string>();
  const options = parseOptions(cursor, 'RESTORE', { table: restoreDatabaseOptions, moves });
  if (options.has('RECOVERY') && options.has('NORECOVERY'))
    throw sqlError(
      3031,
      "Option 'norecovery' conflicts with option(s) 'recovery'. Remove the conflicting option and reissue the statement.",
    );
  return { kind: 'restore database', database, devices, moves, options };
}

function parseDevices(cursor: TokenCursor): Device[] {
  const devices: Device[] = [];
  do {
    const kind = cursor.take('DISK') ? 'disk' : cursor.take('URL') ? 'url' : cursor.fail();
    cursor.expect('=');
    devices.push({ kind, name: cursor.string() });
  } while (cursor.take(','));
  return devices;
}

interface KnownOptions {
  readonly table: OptionTable;
  /** Filled with what MOVE says. */
  readonly moves?: Map<string, string>;
}

function parseOptions(cursor: TokenCursor, statement: string, { table, moves }: KnownOptions): Map<string, OptionValue> {
  const options = new Map<string, OptionValue>();
  if (!cursor.take('WITH')) return options;
  do {
    const token = cursor.next();
    const name = token.text.toUpperCase();
    const takes = token.kind === 'word' ? table[name] : undefined;
    if (takes === undefined) throw sqlError(155, `'${token.text}' is not a recognized ${statement} option.`, { class: 15 });
    if (takes === 'move') parseMove(cursor, moves);
    else options.set(name, parseValue(cursor, takes));
  } while (cursor.take(','));
  return options;
}

function parseMove(cursor: TokenCursor, moves: Map<string, string> | undefined): void {
  const name = cursor.string();
  cursor.expect('TO');
  moves?.set(name, cursor.string());
}

function parseValue(cursor: TokenCursor, takes: OptionKind): OptionValue {
  if (takes === 'compression') return cursor.take('(') ? parseAlgorithm(cursor) : true;
  if (takes === 'flag' || (takes === 'optional number' && !cursor.at('='))) return true;
  cursor.expect('=');
  return takes === 'text' ? cursor.string() : cursor.number();
}

/** `ALGORITHM = ZSTD, LEVEL = HIGH)`: the level has no effect here. */
function parseAlgorithm(cursor: TokenCursor): string {
  cursor.expect('ALGORITHM', '=');
  const algorithm = cursor.name().toUpperCase();
  if (cursor.take(',')) {
    cursor.expect('LEVEL', '=');
    cursor.name();
  }
  cursor.expect(')');
  return algorithm;
}
