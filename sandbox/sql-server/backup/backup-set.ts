import { guidBytes } from '../tds/columns';
import type { BackupRecord } from '../engine/backup-history';
import { readTapeDate, tapeDate } from './tape-blocks';

/** The SCIN structure at the start of an MQCI stream: what RESTORE HEADERONLY shows. */

export interface BackupSetFacts extends Omit<
  BackupRecord,
  | 'id'
  | 'mediaSetId'
  | 'mediaSetGuid'
  | 'mediaName'
  | 'devices'
  | 'compressedSize'
  | 'compressed'
  | 'userName'
  | 'name'
  | 'description'
  | 'timeZone'
> {
  readonly softwareMajor: number;
  readonly softwareBuild: number;
}

const at = {
  length: 4,
  flags: 8,
  build: 24,
  major: 27,
  firstLsn: 32,
  lastLsn: 42,
  checkpointLsn: 52,
  databaseBackupLsn: 62,
  startedAt: 77,
  finishedAt: 82,
  backupType: 87,
  size: 96,
  databaseName: 104,
  serverName: 108,
  recoveryModel: 122,
  guid: 124,
  texts: 400,
} as const;

const flag = { checksums: 16, damaged: 32, always: 512, copyOnly: 1024 } as const;
const recoveryModels = ['', 'FULL', 'BULK_LOGGED', 'SIMPLE'];

export function writeBackupSet(facts: BackupSetFacts): Buffer {
  const databaseName = Buffer.from(facts.database, 'utf16le');
  const serverName = Buffer.from(facts.serverName, 'utf16le');
  const set = Buffer.alloc(at.texts + databaseName.length + serverName.length);
  set.write('SCIN', 0, 'latin1');
  set.writeUInt32LE(set.length, at.length);
  set.writeUInt32LE(flagsOf(facts), at.flags);
  set.writeUInt16LE(facts.softwareBuild, at.build);
  set.writeUInt8(facts.softwareMajor, at.major);
  writeLsn(set, at.firstLsn, facts.firstLsn);
  writeLsn(set, at.lastLsn, facts.lastLsn);
  writeLsn(set, at.checkpointLsn, facts.checkpointLsn);
  writeLsn(set, at.databaseBackupLsn, facts.databaseBackupLsn);
  tapeDate(facts.startedAt).copy(set, at.startedAt);
  tapeDate(facts.finishedAt).copy(set, at.finishedAt);
  set.write('D', at.backupType, 'latin1');
  set.writeBigUInt64LE(BigInt(facts.size), at.size);
  writeText(set, { at: at.databaseName, offset: at.texts }, databaseName);
  writeText(set, { at: at.serverName, offset: at.texts + databaseName.length }, serverName);
  set.writeUInt16LE(recoveryModels.indexOf(facts.recoveryModel), at.recoveryModel);
  guidBytes(facts.guid).copy(set, at.guid);
  return set;
}

export function readBackupSet(set: Buffer): BackupSetFacts | undefined {
  if (set.length < at.texts || set.toString('latin1', 0, 4) !== 'SCIN') return undefined;
  const flags = set.readUInt32LE(at.flags);
  return {
    guid: readGuid(set.subarray(at.guid, at.guid + 16)),
    type: 'D',
    database: readText(set, at.databaseName),
    serverName: readText(set, at.serverName),
    copyOnly: (flags & flag.copyOnly) !== 0,
    checksums: (flags & flag.checksums) !== 0,
    damaged: (flags & flag.damaged) !== 0,
    size: Number(set.readBigUInt64LE(at.size)),
    firstLsn: readLsn(set, at.firstLsn),
    lastLsn: readLsn(set, at.lastLsn),
    checkpointLsn: readLsn(set, at.checkpointLsn),
    databaseBackupLsn: readLsn(set, at.databaseBackupLsn),
    startedAt: readTapeDate(set.subarray(at.startedAt, at.startedAt + 5)),
    finishedAt: readTapeDate(set.subarray(at.finishedAt, at.finishedAt + 5)),
    recoveryModel: recoveryModels[set.readUInt16LE(at.recoveryModel)] ?? '',
    softwareMajor: set.readUInt8(at.major),
    softwareBuild: set.readUInt16LE(at.build),
  };
}

function flagsOf(facts: BackupSetFacts): number {
  return (
    flag.always |
    (facts.checksums ? flag.checksums : 0) |
    (facts.damaged ? flag.damaged : 0) |
    (facts.copyOnly ? flag.copyOnly : 0)
  );
}

/** Ten bytes: file and block as 32 bits, slot as 16. */
function writeLsn(target: Buffer, offset: number, lsn: bigint): void {
  target.writeUInt32LE(Number(lsn / 10n ** 15n), offset);
  target.writeUInt32LE(Number((lsn / 10n ** 5n) % 10n ** 10n), offset + 4);
  target.writeUInt16LE(Number(lsn % 10n ** 5n), offset + 8);
}

function readLsn(set: Buffer, offset: number): bigint {
  const [file, block, slot] = [set.readUInt32LE(offset), set.readUInt32LE(offset + 4), set.readUInt16LE(offset + 8)];
  return BigInt(file) * 10n ** 15n + BigInt(block) * 10n ** 5n + BigInt(slot);
}

function writeText(set: Buffer, place: { at: number; offset: number }, text: Buffer): void {
  set.writeUInt16LE(text.length, place.at);
  set.writeUInt16LE(place.offset, place.at + 2);
  text.copy(set, place.offset);
}

function readText(set: Buffer, position: number): string {
  const offset = set.readUInt16LE(position + 2);
  return set.toString('utf16le', offset, offset + set.readUInt16LE(position));
}

export function readGuid(bytes: Buffer): string {
  const copy = Buffer.from(bytes);
  copy.subarray(0, 4).reverse();
  copy.subarray(4, 6).reverse();
  copy.subarray(6, 8).reverse();
  return copy
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
    .toUpperCase();
}
