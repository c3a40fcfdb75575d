import { createHash, type Hash } from 'node:crypto';
import { extentSize, type Database, type DatabaseContent } from '../engine/databases';
import { writeBackupSet, type BackupSetFacts } from './backup-set';
import { configurationBlock, dataSetBlock, fileMarkBlock, filled, tapeBlock, volumeBlock, type MediaFacts } from './media-header';
import type { BackupWriter } from './media';
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
  /** One for each family of the media set. */
  readonly writers: readonly BackupWriter[];
  readonly database: Pick<Database, 'name' | 'generation' | 'size'> & DatabaseContent;
  readonly media: MediaFacts;
  /** How extents are squeezed; absent when they are stored as they are. */
  readonly squeeze: ((extent: Buffer) => Buffer) | undefined;
  /** Facts known once the data is written: dates and LSNs of the end. */
  readonly finish: () => BackupSetFacts;
  readonly initial: BackupSetFacts;
  /** Called after each extent; may wait, may throw to stop the backup where it is. */
  readonly onExtent: (done: number, total: number) => Promise<void>;
}

/** Writes a backup and gives the bytes of all its families together. Opens, finishes and abandons no writer. */
export async function writeBackup(request: BackupRequest): Promise<number> {
  const { writers, media } = request;
  const outputs = writers.map(createOutput);
  const set = writeBackupSet(request.initial);
  for (const [index, output] of outputs.entries()) {
    await output.write(tapeBlock(media, { number: index + 1, count: outputs.length }));
    await output.write(fileMarkBlock([]));
    await output.write(dataSetBlock(media, setStart));
    await output.write(volumeBlock(media));
    await output.write(configurationBlock({ type: 'MSCI', logicalAddress: 2, blockId: 2 }, set));
  }
  await writeData(outputs, request);
  const content = contentOf(request.database);
  const facts = request.finish();
  for (const output of outputs) {
    await writeLog(output, content);
    await output.write(
      configurationBlock({ type: 'MSLS', logicalAddress: logicalAddress(output), blockId: 5 }, writeBackupSet(facts)),
    );
    await writeEnd(output, facts.finishedAt);
  }
  return outputs.reduce((total, output) => total + output.position(), 0);
}

interface Output {
  write(bytes: Buffer): Promise<void>;
  position(): number;
  readonly digest: Hash;
}

function createOutput(writer: BackupWriter): Output {
  const digest = createHash('sha256');
  let position = 0;
  return {
    digest,
    position: () => position,
    async write(bytes) {
      await writer.write(bytes);
      digest.update(bytes);
      position += bytes.length;
    },
  };
}

function logicalAddress(output: Output): number {
  return (output.position() - setStart) / blockSize;
}

/** Extents go to the families in turn. */
async function writeData(outputs: readonly Output[], request: BackupRequest): Promise<void> {
  const { database, squeeze } = request;
  const extents = database.size / extentSize;
  for (const [index, output] of outputs.entries()) {
    const block = Buffer.alloc(0x3c);
    block.writeUInt16LE(1, 0x3a);
    writeBlockHeader(block, { type: 'MSDA', firstStream: block.length, logicalAddress: logicalAddress(output), blockId: 3 });
    await output.write(Buffer.concat([block, alignment(block.length)]));
    if (squeeze !== undefined) continue;
    const share = Math.ceil((extents - index) / outputs.length) * extentSize;
    await output.write(streamHeader({ id: 'MQDA', mediaAttributes: continued, length: share + dataStreamPrefix.length }));
    await output.write(dataStreamPrefix);
  }
  for (let extent = 0; extent < extents; extent++) {
    const bytes = readExtent(database, extent);
    const squeezed = squeeze === undefined ? bytes : squeezedStream(squeeze(bytes));
    await outputs[extent % outputs.length]?.write(squeezed);
    await request.onExtent(extent + 1, extents);
  }
  for (const output of outputs) {
    await output.write(stream({ id: 'MQDA', mediaAttributes: ended }, Buffer.alloc(0)));
    await output.write(padding((output.position() - setStart) % blockSize));
  }
}

function squeezedStream(extent: Buffer): Buffer {
  return stream({ id: 'MQDA', mediaAttributes: continued, compression: 1 }, extent);
}

/** What the log would tell of the database lies at its start: as JSON, which only the sandbox reads. */
async function writeLog(output: Output, content: Buffer): Promise<void> {
  const block = Buffer.alloc(0x3c);
  writeBlockHeader(block, { type: 'MSTL', firstStream: block.length, logicalAddress: logicalAddress(output), blockId: 4 });
  const lead = Buffer.concat([block, alignment(block.length)]);
  const records = Buffer.alloc(Math.ceil((content.length + 1) / logSize) * logSize);
  content.copy(records);
  const log = stream({ id: 'MQTL' }, Buffer.concat([dataStreamPrefix, records]));
  await output.write(filled(Buffer.concat([lead, log])));
}

function contentOf(database: DatabaseContent): Buffer {
  const { recoveryModel, contained, encrypted, collation, compatibilityLevel, files, users, tables, corruption } = database;
  const content: DatabaseContent = {
    recoveryModel,
    contained,
    encrypted,
    collation,
    compatibilityLevel,
    files,
    users,
    tables,
    corruption,
  };
  return Buffer.from(JSON.stringify(content));
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
