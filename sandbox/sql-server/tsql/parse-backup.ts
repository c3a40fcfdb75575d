import { sqlError } from './sql-error';
import type { Backup, Device, OptionValue, Restore } from './statements';
import type { TokenCursor } from './token-cursor';

type OptionKind = 'flag' | 'text' | 'number' | 'optional number' | 'compression';
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

const restoreActions = ['VERIFYONLY', 'HEADERONLY', 'FILELISTONLY', 'LABELONLY'] as const;

export function parseBackup(cursor: TokenCursor): Backup {
  cursor.expect('BACKUP', 'DATABASE');
  const database = cursor.name();
  cursor.expect('TO');
  const devices = parseDevices(cursor);
  return { kind: 'backup', database, devices, options: parseOptions(cursor, 'BACKUP', backupOptions) };
}

export function parseRestore(cursor: TokenCursor): Restore {
  cursor.expect('RESTORE');
  const action = restoreActions.find((word) => cursor.take(word)) ?? cursor.fail();
  cursor.expect('FROM');
  const devices = parseDevices(cursor);
  return { kind: 'restore', action, devices, options: parseOptions(cursor, 'RESTORE', restoreOptions) };
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

function parseOptions(cursor: TokenCursor, statement: string, table: OptionTable): Map<string, OptionValue> {
  const options = new Map<string, OptionValue>();
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
