import { createHash, type Hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { deflateRawSync } from 'node:zlib';
import { extentSize, type Database } from '../engine/databases';
import { writeBackupSet, type BackupSetFacts } from './backup-set';
import { configurationBlock, dataSetBlock, fileMarkBlock, filled, tapeBlock, volumeBlock, type MediaFacts } from './media-header';
import { readExtent } from './pages';
import { alignment, blockSize, dataStreamPrefix, padding, stream, streamHeader, tapeDate, writeBlockHeader } from './tape-blocks';

/** Where the set starts: after the TAPE block and its file marks. */
const setStart = blockSize + blockSize / 2;
/** The last end-of-set block and the last file marks; the digest of everything else lies in the former. */
export const tailSize = blockSize + blockSize / 2;
export const digestOffset = 0x200;
export const digestSize = 32;
const logSize = 65536;
const continued = 0x2;
const ended = 0x6;

export interface BackupRequest {
  readonly path: string;
  readonly database: Pick<Database, 'name' | 'generation' | 'size'>;
  readonly media: MediaFacts;
  /** Facts known once the data is written: dates and LSNs of the end. */
  readonly finish: () => BackupSetFacts;
  readonly initial: BackupSetFacts;
  /** Called after each extent; may wait, may throw to stop the backup where it is. */
  readonly onExtent: (done: number, total: number) => Promise<void>;
}

/** Writes a backup file and gives its size in bytes. What was written stays when it stops half-way, as SQL Server leaves it. */
export async function writeBackup(request: BackupRequest): Promise<number> {
  const file = await open(request.path, 'w');
  try {
    const output = createOutput(file);
    const set = writeBackupSet(request.initial);
    await output.write(tapeBlock(request.media));
    await output.write(fileMarkBlock([]));
    await output.write(dataSetBlock(request.media, setStart));
    await output.write(volumeBlock(request.media));
    await output.write(configurationBlock({ type: 'MSCI', logicalAddress: 2, blockId: 2 }, set));
    await writeData(output, request);
    await writeLog(output);
    const facts = request.finish();
    await output.write(
      configurationBlock({ type: 'MSLS', logicalAddress: logicalAddress(output), blockId: 5 }, writeBackupSet(facts)),
    );
    await writeEnd(output, facts.finishedAt);
    return output.position();
  } finally {
    await file.close();
  }
}

interface Output {
  write(bytes: Buffer): Promise<void>;
  position(): number;
  readonly digest: Hash;
}

function createOutput(file: FileHandle): Output {
  const digest = createHash('sha256');
  let position = 0;
  return {
    digest,
    position: () => position,
    async write(bytes) {
      await file.write(bytes, 0, bytes.length, position);
      digest.update(bytes);
      position += bytes.length;
    },
  };
}

function logicalAddress(output: Output): number {
  return (output.position() - setStart) / blockSize;
}

async function writeData(output: Output, request: BackupRequest): Promise<void> {
  const { database, media } = request;
  const block = Buffer.alloc(0x3c);
  block.writeUInt16LE(1, 0x3a);
  writeBlockHeader(block, { type: 'MSDA', firstStream: block.length, logicalAddress: logicalAddress(output), blockId: 3 });
  await output.write(Buffer.concat([block, alignment(block.length)]));
  const extents = database.size / extentSize;
  if (!media.compressed) {
    await output.write(streamHeader({ id: 'MQDA', mediaAttributes: continued, length: database.size + dataStreamPrefix.length }));
    await output.write(dataStreamPrefix);
  }
  for (let extent = 0; extent < extents; extent++) {
    const bytes = readExtent(database, extent);
    await output.write(media.compressed ? compressedStream(bytes) : bytes);
    await request.onExtent(extent + 1, extents);
  }
  await output.write(stream({ id: 'MQDA', mediaAttributes: ended }, Buffer.alloc(0)));
  await output.write(padding((output.position() - setStart) % blockSize));
}

function compressedStream(extent: Buffer): Buffer {
  return stream({ id: 'MQDA', mediaAttributes: continued, compression: 1 }, deflateRawSync(extent, { level: 1 }));
}

async function writeLog(output: Output): Promise<void> {
  const block = Buffer.alloc(0x3c);
  writeBlockHeader(block, { type: 'MSTL', firstStream: block.length, logicalAddress: logicalAddress(output), blockId: 4 });
  const lead = Buffer.concat([block, alignment(block.length)]);
  const log = stream({ id: 'MQTL' }, Buffer.concat([dataStreamPrefix, Buffer.alloc(logSize)]));
  await output.write(filled(Buffer.concat([lead, log])));
}

async function writeEnd(output: Output, finishedAt: Date): Promise<void> {
  const setEnd = output.position();
  await output.write(fileMarkBlock([setStart]));
  await output.write(filled(endOfSet(finishedAt, 0)));
  const tail = Buffer.concat([filled(endOfSet(finishedAt, setEnd)), fileMarkBlock([setEnd, setStart])]);
  output.digest.update(tail);
  output.digest.copy().digest().copy(tail, digestOffset);
  await output.write(tail);
}

function endOfSet(finishedAt: Date, position: number): Buffer {
  const block = Buffer.alloc(0x58);
  block.writeUInt32LE(4, 0x34);
  block.writeBigUInt64LE(BigInt(position), 0x3c);
  block.writeUInt16LE(1, 0x4e);
  tapeDate(finishedAt).copy(block, 0x50);
  writeBlockHeader(block, { type: 'ESET', firstStream: block.length });
  return block;
}
