// SESSION_SETUP (MS-SMB2 2.2.5, 2.2.6, 3.2.5.3).
import { headerSize } from './header';
import { securityMode } from './protocol';
import { createReader, malformed } from './reader';

const what = 'answer to SESSION_SETUP';
const fixedSize = 24;

export interface SessionSetup {
  readonly flags: number;
  readonly token: Buffer;
}

export function encodeSessionSetup(token: Buffer): Buffer {
  const fixed = Buffer.alloc(fixedSize);
  fixed.writeUInt16LE(25, 0);
  fixed[3] = securityMode.signingRequired;
  fixed.writeUInt16LE(headerSize + fixedSize, 12);
  fixed.writeUInt16LE(token.length, 14);
  return Buffer.concat([fixed, token]);
}

export function parseSessionSetup(message: Buffer): SessionSetup {
  const reader = createReader(message, what);
  if (reader.u16(headerSize) !== 9) throw malformed(what, `structure of ${reader.u16(headerSize)}`);
  return {
    flags: reader.u16(headerSize + 2),
    token: reader.bytes(reader.u16(headerSize + 4), reader.u16(headerSize + 6)),
  };
}
