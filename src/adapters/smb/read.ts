// READ (MS-SMB2 2.2.19, 2.2.20).
import type { Request } from './connection';
import { headerSize } from './header';
import { command, creditsFor } from './protocol';
import { createReader, malformed } from './reader';
import { zeroed } from './zeroed';

const what = 'answer to READ';
const fixedSize = 48;
/** Where the content should stand in the reply: after its header and fixed part. */
const dataAt = headerSize + 16;

export interface Read {
  readonly fileId: Buffer;
  readonly offset: number;
  readonly length: number;
}

export function readRequest({ fileId, offset, length }: Read): Request {
  const body = zeroed(fixedSize + 1);
  body.writeUInt16LE(fixedSize + 1, 0);
  body[2] = dataAt;
  body.writeUInt32LE(length, 4);
  body.writeBigUInt64LE(BigInt(offset), 8);
  fileId.copy(body, 16);
  return { command: command.read, body, charge: creditsFor(length) };
}

/** The content, a view. */
export function parseRead(message: Buffer, asked: number): Buffer {
  const reader = createReader(message, what);
  if (reader.u16(headerSize) !== 17) throw malformed(what, `structure of ${reader.u16(headerSize)}`);
  const length = reader.u32(headerSize + 4);
  if (length > asked) throw malformed(what, `${length} bytes where ${asked} were asked for`);
  return length === 0 ? Buffer.alloc(0) : reader.bytes(reader.u8(headerSize + 2), length);
}
