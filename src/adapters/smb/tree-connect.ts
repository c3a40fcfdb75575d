// TREE_CONNECT (MS-SMB2 2.2.9, 2.2.10).
import { headerSize } from './header';
import { createReader, malformed } from './reader';

const what = 'answer to TREE_CONNECT';
const fixedSize = 8;

export const shareType = { disk: 1 } as const;

export interface TreeConnect {
  readonly type: number;
  readonly flags: number;
}

export function encodeTreeConnect(host: string, share: string): Buffer {
  const path = Buffer.from(`\\\\${host}\\${share}`, 'utf16le');
  const fixed = Buffer.alloc(fixedSize);
  fixed.writeUInt16LE(9, 0);
  fixed.writeUInt16LE(headerSize + fixedSize, 4);
  fixed.writeUInt16LE(path.length, 6);
  return Buffer.concat([fixed, path]);
}

export function parseTreeConnect(message: Buffer): TreeConnect {
  const reader = createReader(message, what);
  if (reader.u16(headerSize) !== 16) throw malformed(what, `structure of ${reader.u16(headerSize)}`);
  return { type: reader.u8(headerSize + 2), flags: reader.u32(headerSize + 4) };
}
