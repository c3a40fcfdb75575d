import { type TapeBytes, TapeFault } from './tape-bytes';

/*
 * Microsoft Tape Format 1.00a: descriptor blocks with a common header of 52 bytes, each followed by streams with headers of 22
 * bytes, the last of them SPAD; blocks start at multiples of the logical block, filemarks (SFMB) at multiples of their own size.
 */
const headerSize = 52;
const streamHeaderSize = 22;
const wordSize = 2;
/** SQL Server's backups have 1,024, or 512 behind a filemark; other programs up to this. */
const largestBlock = 64 * 1024;
const mostStreams = 1_000_000;

export interface TapeBlock {
  readonly type: string;
  readonly offset: number;
  /** The fixed part and its texts, without streams. */
  readonly bytes: Buffer;
  readonly isUnicode: boolean;
}

export interface TapeStream {
  readonly id: string;
  /** Where its content begins. */
  readonly offset: number;
  readonly length: number;
}

export async function readBlock(tape: TapeBytes, offset: number): Promise<TapeBlock> {
  const header = await tape.at(offset, headerSize);
  const type = header.toString('latin1', 0, 4);
  const length = header.readUInt16LE(8);
  if (!/^[A-Z]{4}$/.test(type) || !isIntact(header) || length < headerSize)
    throw new TapeFault('damaged', `no intact part begins at byte ${offset}`);
  const isUnicode = header[48] === 2;
  return { type, offset, isUnicode, bytes: Buffer.from(await tape.at(offset, length)) };
}

/** Every stream of a block but the padding. @returns where the block with its streams ends. */
export async function readStreams(
  tape: TapeBytes,
  { offset, bytes }: TapeBlock,
  take: (stream: TapeStream) => Promise<void>,
): Promise<number> {
  let at = offset + bytes.length;
  for (let count = 0; count < mostStreams; count++) {
    const header = await tape.at(at, streamHeaderSize);
    if (!isIntact(header)) throw new TapeFault('damaged', `no intact stream begins at byte ${at}`);
    const id = header.toString('latin1', 0, 4);
    const length = Number(header.readBigUInt64LE(8));
    const content = at + streamHeaderSize;
    if (content + length > tape.size)
      throw new TapeFault('truncated', `the file ends at byte ${tape.size}, within ${id} which reaches to ${content + length}`);
    if (id === 'SPAD') return content + length;
    await take({ id, offset: content, length });
    at = (content + length + 3) & ~3;
    if (content + length > 0x7fff_fff0) at = Math.ceil((content + length) / 4) * 4;
  }
  throw new TapeFault('unfinished', `more than ${mostStreams} streams`);
}

/** A text by the size and offset that stand at `position`; nothing where it is empty or lies elsewhere. */
export function textAt(bytes: Buffer, position: number, isUnicode = true): string | undefined {
  if (position + 4 > bytes.length) return undefined;
  const size = bytes.readUInt16LE(position);
  const offset = bytes.readUInt16LE(position + 2);
  if (size === 0 || offset + size > bytes.length) return undefined;
  const text = bytes.toString(isUnicode ? 'utf16le' : 'latin1', offset, offset + size).replace(/\0+$/, '');
  return text === '' ? undefined : text;
}

/** Five bytes: 14 bits of year, then month, day, hour, minute and second. Nothing where that is no time. */
export function dateAt(bytes: Buffer, position: number): string | undefined {
  if (position + 5 > bytes.length) return undefined;
  const high = bytes.readUIntBE(position, 2);
  const low = bytes.readUIntBE(position + 2, 3);
  const bits = high * 2 ** 24 + low;
  const field = (shift: number, width: number) => Math.floor(bits / 2 ** shift) % 2 ** width;
  const [year, month, day, hour, minute, second] = [
    field(26, 14),
    field(22, 4),
    field(17, 5),
    field(12, 5),
    field(6, 6),
    field(0, 6),
  ];
  if (year < 1970 || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return undefined;
  const two = (value: number) => String(value).padStart(2, '0');
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}`;
}

/** Where the next block begins. */
export function alignedTo(offset: number, block: number): number {
  const size = block >= 512 && block <= largestBlock ? block : 512;
  return Math.ceil(offset / size) * size;
}

/** The last word makes the words of the header even out. */
function isIntact(header: Buffer): boolean {
  let sum = 0;
  for (let at = 0; at < header.length; at += wordSize) sum ^= header.readUInt16LE(at);
  return sum === 0 && header.some((byte) => byte !== 0);
}
