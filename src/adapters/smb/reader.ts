import { SmbError } from './smb-error';

/** Little-endian fields of what came from outside. Whatever lies outside the buffer is a fault of the protocol, never of ours. */
export interface Reader {
  readonly length: number;
  u8(at: number): number;
  u16(at: number): number;
  u32(at: number): number;
  u64(at: number): bigint;
  /** A view, not a copy. */
  bytes(at: number, length: number): Buffer;
  utf16(at: number, length: number): string;
}

export function createReader(buffer: Buffer, what: string): Reader {
  const within = (at: number, length: number) => {
    if (at < 0 || length < 0 || at + length > buffer.length)
      throw malformed(what, `${length} bytes at ${at} of ${buffer.length}`);
    return at;
  };
  return {
    length: buffer.length,
    u8: (at) => buffer.readUInt8(within(at, 1)),
    u16: (at) => buffer.readUInt16LE(within(at, 2)),
    u32: (at) => buffer.readUInt32LE(within(at, 4)),
    u64: (at) => buffer.readBigUInt64LE(within(at, 8)),
    bytes: (at, length) => buffer.subarray(within(at, length), at + length),
    utf16(at, length) {
      if (length % 2 !== 0) throw malformed(what, `a text of ${length} bytes`);
      return buffer.toString('utf16le', within(at, length), at + length);
    },
  };
}

export function malformed(what: string, detail: string): SmbError {
  return new SmbError('protocol', `The server sent a malformed ${what}: ${detail}`);
}
