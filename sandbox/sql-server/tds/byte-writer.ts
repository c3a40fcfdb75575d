/** Little-endian bytes in the shapes that TDS uses. Every method returns the writer. */
export interface ByteWriter {
  u8(value: number): ByteWriter;
  u16(value: number): ByteWriter;
  u32(value: number): ByteWriter;
  i32(value: number): ByteWriter;
  u64(value: bigint): ByteWriter;
  raw(bytes: Uint8Array): ByteWriter;
  /** UTF-16 text with a one-byte count of characters. */
  shortText(text: string): ByteWriter;
  /** UTF-16 text with a two-byte count of characters. */
  longText(text: string): ByteWriter;
  bytes(): Buffer;
}

export function createByteWriter(): ByteWriter {
  const parts: Uint8Array[] = [];
  const fixed = (size: number, fill: (target: Buffer) => void) => {
    const bytes = Buffer.alloc(size);
    fill(bytes);
    parts.push(bytes);
    return writer;
  };
  const writer: ByteWriter = {
    u8: (value) => fixed(1, (b) => b.writeUInt8(value & 0xff)),
    u16: (value) => fixed(2, (b) => b.writeUInt16LE(value)),
    u32: (value) => fixed(4, (b) => b.writeUInt32LE(value >>> 0)),
    i32: (value) => fixed(4, (b) => b.writeInt32LE(value)),
    u64: (value) => fixed(8, (b) => b.writeBigUInt64LE(value)),
    raw: (bytes) => {
      parts.push(bytes);
      return writer;
    },
    shortText: (text) => writer.u8(text.length).raw(Buffer.from(text, 'utf16le')),
    longText: (text) => writer.u16(text.length).raw(Buffer.from(text, 'utf16le')),
    bytes: () => Buffer.concat(parts),
  };
  return writer;
}
