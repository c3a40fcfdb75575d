import { createHash } from 'node:crypto';
import { defaultCollation, type DatabaseContent } from '../engine/databases';
import { readBackupSet, readGuid, type BackupSetFacts } from './backup-set';
import type { BackupReader } from './media';
import { familyCountAt, familyNumberAt, type MediaFamily } from './media-header';
import { blockSize, dataStreamPrefix, isBlock, readStreamHeader, streamHeaderSize } from './tape-blocks';
import { digestOffset, digestSize, tailSize } from './write-backup';

/** What one file of a backup says about itself and about the set. */
export interface BackupFile {
  readonly facts: BackupSetFacts;
  readonly content: DatabaseContent;
  readonly family: MediaFamily;
  readonly mediaSetGuid: string;
  readonly mediaName: string;
  readonly name: string;
  readonly description: string;
  readonly userName: string;
  readonly compressed: boolean;
  /** Bytes of this file. */
  readonly size: number;
  readonly timeZone: number;
}

/** Where the last configuration of the set begins, at most: the log, and what follows it. */
const longestEnd = 1024 * 1024;

/** Damage in the log is found by its checksum, not by reading it. */
const unreadableContent: DatabaseContent = {
  recoveryModel: 'SIMPLE',
  contained: false,
  encrypted: false,
  collation: defaultCollation,
  compatibilityLevel: 100,
  files: [],
  users: [],
  tables: {},
};

/** Undefined when it is not a finished backup. */
export async function readBackupFile(reader: BackupReader): Promise<BackupFile | undefined> {
  const { size } = reader;
  const head = await reader.read(0, 64 * 1024);
  const end = await reader.read(Math.max(0, size - longestEnd), Math.min(size, longestEnd));
  const sset = head.subarray(blockSize + blockSize / 2);
  if (!isBlock(head, 'TAPE') || !isBlock(sset, 'SSET') || !isBlock(end.subarray(-tailSize), 'ESET')) return undefined;
  const facts = readFacts(end);
  if (facts === undefined) return undefined;
  return {
    ...readFamily(head),
    facts,
    content: readContent(end) ?? unreadableContent,
    mediaName: textAt(head, 0x44),
    name: textAt(sset, 0x40),
    description: textAt(sset, 0x44),
    userName: textAt(sset, 0x4c),
    compressed: sset.readUInt16LE(0x3a) === 1,
    timeZone: sset.readInt8(0x5f),
    size,
  };
}

/** True when no byte changed since it was written. `onRead` hears how many bytes were looked at. */
export async function isIntact(reader: BackupReader, onRead: (bytes: number) => Promise<void>): Promise<boolean> {
  const { size } = reader;
  const digest = createHash('sha256');
  const step = 1024 * 1024;
  for (let offset = 0; offset < size - tailSize; offset += step) {
    const bytes = await reader.read(offset, Math.min(step, size - tailSize - offset));
    digest.update(bytes);
    await onRead(bytes.length);
  }
  const tail = await reader.read(size - tailSize, tailSize);
  const stored = Buffer.from(tail.subarray(digestOffset, digestOffset + digestSize));
  tail.fill(0, digestOffset, digestOffset + digestSize);
  await onRead(tail.length);
  return digest.update(tail).digest().equals(stored);
}

function readFamily(head: Buffer): Pick<BackupFile, 'family' | 'mediaSetGuid'> {
  const content = head.subarray(head.readUInt16LE(8) + streamHeaderSize);
  return {
    mediaSetGuid: readGuid(content.subarray(0, 16)),
    family: { number: content.readUInt16LE(familyNumberAt), count: content.readUInt16LE(familyCountAt) },
  };
}

function readFacts(end: Buffer): BackupSetFacts | undefined {
  const block = lastBlock(end, 'MSLS');
  if (block === undefined) return undefined;
  const first = block.readUInt16LE(8);
  const header = readStreamHeader(block, first);
  const start = first + streamHeaderSize;
  return header === undefined ? undefined : readBackupSet(block.subarray(start, start + header.length));
}

/** The log stream follows the one that aligns it. */
function readContent(end: Buffer): DatabaseContent | undefined {
  const block = lastBlock(end, 'MSTL');
  if (block === undefined) return undefined;
  const alignment = readStreamHeader(block, block.readUInt16LE(8));
  const at = block.readUInt16LE(8) + streamHeaderSize + (alignment?.length ?? 0);
  const log = readStreamHeader(block, at);
  if (log?.id !== 'MQTL') return undefined;
  const start = at + streamHeaderSize + dataStreamPrefix.length;
  const text = block.toString('utf8', start, block.indexOf(0, start));
  try {
    return JSON.parse(text) as DatabaseContent;
  } catch {
    return undefined;
  }
}

/** Blocks lie at multiples of half a block, counted from the start of the set as from the end of the file. */
function lastBlock(end: Buffer, type: string): Buffer | undefined {
  for (let offset = end.length - blockSize; offset >= 0; offset -= blockSize / 2) {
    const block = end.subarray(offset);
    if (isBlock(block, type)) return block;
  }
  return undefined;
}

function textAt(block: Buffer, position: number): string {
  const offset = block.readUInt16LE(position + 2);
  return block.toString('utf16le', offset, offset + block.readUInt16LE(position));
}
