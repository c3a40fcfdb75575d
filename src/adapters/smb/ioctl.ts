// IOCTL (MS-SMB2 2.2.31, 2.2.32) and what is asked by it: VALIDATE_NEGOTIATE_INFO (2.2.31.4, 2.2.32.6).
import type { Request } from './connection';
import { headerSize } from './header';
import type { Hello, Negotiated } from './negotiate';
import { command, creditsFor } from './protocol';
import { createReader, malformed } from './reader';

export const fsctl = { validateNegotiateInfo: 0x0014_0204, getReparsePoint: 0x0009_00a8 } as const;

const what = 'answer to IOCTL';
const fixedSize = 56;
const isFsctl = 1;

export interface Ioctl {
  readonly code: number;
  readonly fileId: Buffer;
  readonly input?: Buffer;
  /** Bytes. */
  readonly maxOutput: number;
}

export function ioctlRequest({ code, fileId, input = Buffer.alloc(0), maxOutput }: Ioctl): Request {
  const fixed = Buffer.alloc(fixedSize);
  fixed.writeUInt16LE(57, 0);
  fixed.writeUInt32LE(code, 4);
  fileId.copy(fixed, 8);
  fixed.writeUInt32LE(headerSize + fixedSize, 24);
  fixed.writeUInt32LE(input.length, 28);
  fixed.writeUInt32LE(maxOutput, 44);
  fixed.writeUInt32LE(isFsctl, 48);
  return { command: command.ioctl, body: Buffer.concat([fixed, input]), charge: creditsFor(Math.max(input.length, maxOutput)) };
}

/** What the call put out. */
export function parseIoctl(message: Buffer): Buffer {
  const reader = createReader(message, what);
  if (reader.u16(headerSize) !== 49) throw malformed(what, `structure of ${reader.u16(headerSize)}`);
  const size = reader.u32(headerSize + 36);
  return size === 0 ? Buffer.alloc(0) : reader.bytes(reader.u32(headerSize + 32), size);
}

export function encodeValidation(hello: Hello): Buffer {
  const info = Buffer.alloc(24 + hello.dialects.length * 2);
  info.writeUInt32LE(hello.capabilities, 0);
  hello.guid.copy(info, 4);
  info.writeUInt16LE(hello.securityMode, 20);
  info.writeUInt16LE(hello.dialects.length, 22);
  hello.dialects.forEach((value, index) => info.writeUInt16LE(value, 24 + index * 2));
  return info;
}

/** Whether the server means to have said what was heard. */
export function confirms(output: Buffer, negotiated: Negotiated): boolean {
  const reader = createReader(output, what);
  return (
    reader.u32(0) === negotiated.capabilities &&
    reader.bytes(4, 16).equals(negotiated.guid) &&
    reader.u16(20) === negotiated.securityMode &&
    reader.u16(22) === negotiated.dialect
  );
}
