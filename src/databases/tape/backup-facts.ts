import type { BakSet } from '../../contracts/bak-inspection';
import { dateAt, textAt } from './tape-parts';

/*
 * SQL Server's MQCI stream: structures with four letters and a length. SCIN is the backup, each SFIN a file of the database.
 * Learnt from backups of SQL Server 2008 R2 to 2016, and held to them by tests.
 */
const scin = {
  flags: 8,
  build: 24,
  minor: 26,
  major: 27,
  firstLsn: 32,
  lastLsn: 42,
  checkpointLsn: 52,
  databaseBackupLsn: 62,
  startedAt: 77,
  finishedAt: 82,
  type: 87,
  databaseVersion: 94,
  database: 104,
  server: 108,
  least: 112,
} as const;
const sfin = { group: 36, logicalName: 48, physicalName: 52, least: 56 } as const;
const flags = { checksums: 16, copyOnly: 1024 } as const;
const types = new Map<string, BakSet['type']>([
  ['D', 'full'],
  ['I', 'differential'],
  ['L', 'log'],
]);
const mostFiles = 1_000;

export type BackupFacts = Partial<Omit<BakSet, 'passwordProtected' | 'isFinished' | 'name' | 'description' | 'user'>>;

/** @returns nothing where the stream is none of SQL Server's. */
export function readBackupFacts(stream: Buffer): BackupFacts | undefined {
  let facts: BackupFacts | undefined;
  const files: BakSet['files'] = [];
  for (const { id, bytes } of structuresOf(stream)) {
    if (id === 'SCIN' && bytes.length >= scin.least) facts = readSet(bytes);
    if (id === 'SFIN' && bytes.length >= sfin.least && files.length < mostFiles) files.push(...readFile(bytes));
  }
  return facts === undefined ? undefined : { ...facts, files };
}

function* structuresOf(stream: Buffer): Generator<{ id: string; bytes: Buffer }> {
  for (let at = 0; at + 8 <= stream.length;) {
    const id = stream.toString('latin1', at, at + 4);
    const length = stream.readUInt32LE(at + 4);
    if (!/^S[A-Z]{3}$/.test(id) || length < 8 || at + length > stream.length) return;
    yield { id, bytes: stream.subarray(at, at + length) };
    at += length;
  }
}

function readSet(set: Buffer): BackupFacts {
  const found = set.readUInt32LE(scin.flags);
  return {
    ...known('type', types.get(set.toString('latin1', scin.type, scin.type + 1)) ?? 'other'),
    ...known('database', textAt(set, scin.database)),
    ...known('server', textAt(set, scin.server)),
    softwareVersion: `${set[scin.major] ?? 0}.${set[scin.minor] ?? 0}.${set.readUInt16LE(scin.build)}`,
    ...known('databaseVersion', set.readUInt16LE(scin.databaseVersion) || undefined),
    hasChecksums: (found & flags.checksums) !== 0,
    isCopyOnly: (found & flags.copyOnly) !== 0,
    firstLsn: lsnAt(set, scin.firstLsn),
    lastLsn: lsnAt(set, scin.lastLsn),
    checkpointLsn: lsnAt(set, scin.checkpointLsn),
    databaseBackupLsn: lsnAt(set, scin.databaseBackupLsn),
    ...known('startedAt', dateAt(set, scin.startedAt)),
    ...known('finishedAt', dateAt(set, scin.finishedAt)),
  };
}

function readFile(file: Buffer): BakSet['files'] {
  const logicalName = textAt(file, sfin.logicalName);
  const physicalName = textAt(file, sfin.physicalName);
  if (logicalName === undefined || physicalName === undefined) return [];
  return [{ logicalName, physicalName, kind: file.readUInt32LE(sfin.group) === 0 ? 'log' : 'rows' }];
}

/** As msdb shows it: file of the log, block with ten digits, slot with five. */
function lsnAt(set: Buffer, at: number): string {
  const file = set.readUInt32LE(at);
  const block = String(set.readUInt32LE(at + 4)).padStart(10, '0');
  const slot = String(set.readUInt16LE(at + 8)).padStart(5, '0');
  return BigInt(`${file}${block}${slot}`).toString();
}

function known<K extends string, T>(key: K, value: T | undefined): { [key in K]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]?: T });
}
