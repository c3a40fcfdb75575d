import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { readBackupSet, type BackupSetFacts } from './backup-set';
import { blockSize, isBlock, readStreamHeader } from './tape-blocks';
import { digestOffset, digestSize, tailSize } from './write-backup';

export interface BackupFile {
  readonly facts: BackupSetFacts;
  readonly name: string;
  readonly userName: string;
  readonly compressed: boolean;
  /** Bytes of the file. */
  readonly size: number;
  readonly timeZone: number;
}

/** Reads what a backup file says about itself; undefined when it is not a finished backup. Throws what `open` throws. */
export async function readBackupFile(path: string): Promise<BackupFile | undefined> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const head = await readAt(file, 0, 64 * 1024);
    const end = await readAt(file, Math.max(0, size - tailSize), tailSize);
    const sset = head.subarray(blockSize + blockSize / 2);
    if (!isBlock(head, 'TAPE') || !isBlock(sset, 'SSET') || !isBlock(end, 'ESET')) return undefined;
    const facts = await readLastConfiguration(file, size);
    if (facts === undefined) return undefined;
    return {
      facts,
      name: textAt(sset, 0x40),
      userName: textAt(sset, 0x4c),
      compressed: sset.readUInt16LE(0x3a) === 1,
      timeZone: sset.readInt8(0x5f),
      size,
    };
  } finally {
    await file.close();
  }
}

/** True when no byte of the file changed since it was written. */
export async function isIntact(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const digest = createHash('sha256');
    const step = 1024 * 1024;
    for (let offset = 0; offset < size - tailSize; offset += step) {
      digest.update(await readAt(file, offset, Math.min(step, size - tailSize - offset)));
    }
    const tail = await readAt(file, size - tailSize, tailSize);
    const stored = Buffer.from(tail.subarray(digestOffset, digestOffset + digestSize));
    tail.fill(0, digestOffset, digestOffset + digestSize);
    return digest.update(tail).digest().equals(stored);
  } finally {
    await file.close();
  }
}

/** The MSLS block lies right before the end of the set, in one or more blocks. */
async function readLastConfiguration(file: FileHandle, size: number): Promise<BackupSetFacts | undefined> {
  const span = 8 * blockSize;
  const endOfSetSize = tailSize + blockSize + blockSize / 2;
  const start = Math.max(0, size - endOfSetSize - span);
  const bytes = await readAt(file, start, span);
  for (let offset = bytes.length - blockSize; offset >= 0; offset -= blockSize / 2) {
    const block = bytes.subarray(offset);
    if (!isBlock(block, 'MSLS')) continue;
    const first = block.readUInt16LE(8);
    const header = readStreamHeader(block, first);
    return header === undefined ? undefined : readBackupSet(block.subarray(first + 22, first + 22 + header.length));
  }
  return undefined;
}

function textAt(block: Buffer, position: number): string {
  const offset = block.readUInt16LE(position + 2);
  return block.toString('utf16le', offset, offset + block.readUInt16LE(position));
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, position);
  return bytes.subarray(0, bytesRead);
}
