import { guidBytes } from '../tds/columns';
import { blockSize, padding, stream, tapeDate, writeBlockHeader, type BlockHeader } from './tape-blocks';

const vendorId = 0x1200;
const softwareName = 'Microsoft SQL Server';

/** Which of the files of a striped backup this is; both count from 1. */
export interface MediaFamily {
  readonly number: number;
  readonly count: number;
}

export interface MediaFacts {
  readonly mediaName: string;
  readonly mediaSetGuid: string;
  readonly setGuid: string;
  readonly setName: string;
  readonly description: string;
  readonly userName: string;
  readonly machineName: string;
  readonly softwareMajor: number;
  readonly timeZone: number;
  readonly compressed: boolean;
  /** Server's local time. */
  readonly at: Date;
}

/** In the RAID stream, after the GUID of the media set. */
export const familyNumberAt = 24;
export const familyCountAt = 20;

/** Texts that follow the fixed part of a block, each found by its size and offset. */
function withTexts(
  fixedSize: number,
  texts: readonly { readonly at: number; readonly text: string }[],
): { block: Buffer; firstStream: number } {
  const parts = texts.map(({ text }) => Buffer.from(text, 'utf16le'));
  const textSize = parts.reduce((total, part) => total + part.length, 0);
  const firstStream = (fixedSize + textSize + 3) & ~3;
  const block = Buffer.alloc(firstStream);
  let offset = fixedSize;
  texts.forEach(({ at }, index) => {
    const part = parts[index] as Buffer;
    block.writeUInt16LE(part.length, at);
    block.writeUInt16LE(offset, at + 2);
    part.copy(block, offset);
    offset += part.length;
  });
  return { block, firstStream };
}

export function tapeBlock(media: MediaFacts, family: MediaFamily): Buffer {
  const { block, firstStream } = withTexts(0x5e, [
    { at: 0x44, text: media.mediaName },
    { at: 0x50, text: `${softwareName}\0\0` },
  ]);
  block.writeUInt32LE(guidBytes(media.mediaSetGuid).readUInt32LE(), 0x34);
  block.writeUInt32LE(5, 0x38);
  block.writeUInt16LE(1, 0x3c);
  block.writeUInt16LE(1, 0x40);
  block.writeUInt16LE(3, 0x42);
  block.writeUInt16LE(blockSize, 0x54);
  block.writeUInt16LE(vendorId, 0x56);
  tapeDate(media.at).copy(block, 0x58);
  block.writeUInt8(1, 0x5d);
  writeBlockHeader(block, { type: 'TAPE', attributes: 0x30000, firstStream });
  const content = Buffer.concat([guidBytes(media.mediaSetGuid), Buffer.from('ad0000f0010001000100000000000100', 'hex')]);
  content.writeUInt16LE(family.number, familyNumberAt);
  content.writeUInt16LE(family.count, familyCountAt);
  return filled(Buffer.concat([block, stream({ id: 'RAID' }, content)]));
}

/** Soft file marks; half a block, without streams. `marks` are positions in the file. */
export function fileMarkBlock(marks: readonly number[]): Buffer {
  const block = Buffer.alloc(blockSize / 2);
  const capacity = 55;
  block.writeUInt32LE(capacity, 0x34);
  block.writeUInt32LE(marks.length, 0x38);
  block.writeUInt32LE(0x48, 0x3c);
  marks.forEach((mark, index) => block.writeBigUInt64LE(BigInt(mark), 0x48 + index * 8));
  writeBlockHeader(block, { type: 'SFMB', attributes: 0x80000000, firstStream: block.length });
  return block;
}

export function dataSetBlock(media: MediaFacts, position: number): Buffer {
  const { block, firstStream } = withTexts(0x7a, [
    { at: 0x40, text: media.setName },
    { at: 0x44, text: media.description },
    { at: 0x4c, text: media.userName },
  ]);
  block.writeUInt32LE(4, 0x34);
  block.writeUInt16LE(media.compressed ? 1 : 0, 0x3a);
  block.writeUInt16LE(vendorId, 0x3c);
  block.writeUInt16LE(1, 0x3e);
  block.writeBigUInt64LE(BigInt(position), 0x50);
  tapeDate(media.at).copy(block, 0x58);
  block.writeUInt8(media.softwareMajor, 0x5d);
  block.writeInt8(media.timeZone, 0x5f);
  block.writeUInt8(2, 0x61);
  guidBytes(media.setGuid).copy(block, 0x64);
  writeBlockHeader(block, { type: 'SSET', firstStream, osData: { size: 0x15, offset: 0x64 } });
  return filled(block);
}

export function volumeBlock(media: MediaFacts): Buffer {
  const { block, firstStream } = withTexts(0x49, [
    { at: 0x38, text: 'C:' },
    { at: 0x40, text: media.machineName },
  ]);
  block.writeUInt32LE(2, 0x34);
  tapeDate(media.at).copy(block, 0x44);
  writeBlockHeader(block, { type: 'VOLB', firstStream, logicalAddress: 1, blockId: 1 });
  return filled(block);
}

/** The configuration of the backup set: MSCI before the data, MSLS after it. */
export function configurationBlock(header: Omit<BlockHeader, 'firstStream'>, set: Buffer): Buffer {
  const block = Buffer.alloc(0x38);
  writeBlockHeader(block, { ...header, firstStream: block.length });
  return filled(Buffer.concat([block, stream({ id: 'MQCI' }, set)]));
}

/** A block with its streams, up to the next block. */
export function filled(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, padding(bytes.length)]);
}
