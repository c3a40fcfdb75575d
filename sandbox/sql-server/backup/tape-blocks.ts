/** Descriptor blocks and streams of the Microsoft Tape Format, as SQL Server lays them out in a backup file. */

/** Blocks start at multiples of this; logical addresses count it. */
export const blockSize = 1024;
export const headerSize = 52;
export const streamHeaderSize = 22;
const unicode = 2;

export interface BlockHeader {
  /** Four letters: TAPE, SFMB, SSET, VOLB, MSCI, MSDA, MSTL, MSLS, ESET. */
  readonly type: string;
  readonly attributes?: number;
  /** Offset of the first stream after the block itself. */
  readonly firstStream: number;
  /** In blocks from the start of the backup set. */
  readonly logicalAddress?: number;
  readonly blockId?: number;
  /** Size and offset of the part that belongs to the operating system. */
  readonly osData?: { readonly size: number; readonly offset: number };
}

/** Writes the common header into `target` and closes it with its checksum. */
export function writeBlockHeader(target: Buffer, header: BlockHeader): void {
  target.write(header.type, 0, 'latin1');
  target.writeUInt32LE(header.attributes ?? 0, 4);
  target.writeUInt16LE(header.firstStream, 8);
  target.writeUInt8(0x0e, 10);
  target.writeUInt8(0x01, 11);
  target.writeBigUInt64LE(BigInt(header.logicalAddress ?? 0), 20);
  target.writeUInt32LE(header.blockId ?? 0, 36);
  target.writeUInt16LE(header.osData?.size ?? 0, 44);
  target.writeUInt16LE(header.osData?.offset ?? 0, 46);
  target.writeUInt8(
    header.type === 'TAPE' || header.type === 'SSET' || header.type === 'VOLB' || header.type === 'MSCI' ? unicode : 0,
    48,
  );
  target.writeUInt16LE(xorOfWords(target, headerSize - 2), headerSize - 2);
}

export function isBlock(bytes: Buffer, type: string): boolean {
  if (bytes.length < headerSize || bytes.toString('latin1', 0, 4) !== type) return false;
  return xorOfWords(bytes, headerSize - 2) === bytes.readUInt16LE(headerSize - 2);
}

export interface StreamHeader {
  readonly id: string;
  readonly mediaAttributes?: number;
  readonly compression?: number;
  readonly length: number;
}

export function streamHeader(stream: StreamHeader): Buffer {
  const header = Buffer.alloc(streamHeaderSize);
  header.write(stream.id, 0, 'latin1');
  header.writeUInt16LE(stream.mediaAttributes ?? 0, 6);
  header.writeBigUInt64LE(BigInt(stream.length), 8);
  header.writeUInt16LE(stream.compression ?? 0, 18);
  header.writeUInt16LE(xorOfWords(header, streamHeaderSize - 2), streamHeaderSize - 2);
  return header;
}

export function readStreamHeader(bytes: Buffer, offset: number): StreamHeader | undefined {
  const header = bytes.subarray(offset, offset + streamHeaderSize);
  if (header.length < streamHeaderSize || xorOfWords(header, streamHeaderSize - 2) !== header.readUInt16LE(streamHeaderSize - 2))
    return undefined;
  return {
    id: header.toString('latin1', 0, 4),
    mediaAttributes: header.readUInt16LE(6),
    length: Number(header.readBigUInt64LE(8)),
    compression: header.readUInt16LE(18),
  };
}

/** A stream with its content, padded so that the next one starts at a multiple of four. */
export function stream(header: Omit<StreamHeader, 'length'>, content: Buffer): Buffer {
  const bytes = Buffer.concat([streamHeader({ ...header, length: content.length }), content]);
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
}

/** The SPAD stream that fills what is left of the last block after `used` bytes. */
export function padding(used: number, id = 'SPAD', mediaAttributes = 0): Buffer {
  const end = Math.ceil((used + streamHeaderSize) / blockSize) * blockSize;
  const length = end - used - streamHeaderSize;
  return Buffer.concat([streamHeader({ id, mediaAttributes, length }), Buffer.alloc(length)]);
}

export const dataStreamPrefix = Buffer.alloc(2);

/** An APAD stream after which the content of a data stream, behind its header and two bytes, starts a block. */
export function alignment(used: number): Buffer {
  const lead = streamHeaderSize + dataStreamPrefix.length;
  let length = blockSize - ((used + streamHeaderSize + lead) % blockSize);
  if (length === blockSize) length = 0;
  return Buffer.concat([streamHeader({ id: 'APAD', mediaAttributes: 0x80, length }), Buffer.alloc(length)]);
}

/** Five bytes: 14 bits of year, then month, day, hour, minute and second. */
export function tapeDate(date: Date): Buffer {
  const fields: [number, number][] = [
    [date.getUTCFullYear(), 14],
    [date.getUTCMonth() + 1, 4],
    [date.getUTCDate(), 5],
    [date.getUTCHours(), 5],
    [date.getUTCMinutes(), 6],
    [date.getUTCSeconds(), 6],
  ];
  const packed = fields.reduce((bits, [value, width]) => (bits << BigInt(width)) | BigInt(value), 0n);
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(packed);
  return bytes.subarray(3);
}

export function readTapeDate(bytes: Buffer): Date {
  const packed = BigInt(`0x${bytes.toString('hex')}`);
  const field = (shift: number, width: number) => Number((packed >> BigInt(shift)) & ((1n << BigInt(width)) - 1n));
  return new Date(Date.UTC(field(26, 14), field(22, 4) - 1, field(17, 5), field(12, 5), field(6, 6), field(0, 6)));
}

function xorOfWords(bytes: Buffer, length: number): number {
  let sum = 0;
  for (let offset = 0; offset < length; offset += 2) sum ^= bytes.readUInt16LE(offset);
  return sum;
}
