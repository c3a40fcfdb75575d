// The header of every message (MS-SMB2 2.2.1).
import { malformed } from './reader';
import { SmbError } from './smb-error';

export const headerSize = 64;
export const signatureAt = 48;
export const signatureSize = 16;

export const flag = { fromServer: 0x1, async: 0x2, related: 0x4, signed: 0x8 } as const;

const protocolId = 0x424d53fe;
const smb1Id = 0x424d53ff;
const twoTo32 = 0x1_0000_0000;
/** Of what the server says unasked. */
export const noMessageId = -1;

export interface RequestHeader {
  readonly command: number;
  readonly charge: number;
  readonly credits: number;
  readonly flags: number;
  /** Offset of the next request of a compound, 0 at the last. */
  readonly next: number;
  readonly messageId: number;
  readonly treeId: number;
  readonly sessionId: bigint;
}

export interface ReplyHeader {
  readonly status: number;
  readonly command: number;
  readonly credits: number;
  readonly flags: number;
  readonly next: number;
  readonly messageId: number;
  readonly treeId: number;
  readonly sessionId: bigint;
}

/** Writes to `message`, whose bytes are all 0. */
export function writeHeader(message: Buffer, header: RequestHeader): void {
  message.writeUInt32LE(protocolId, 0);
  message.writeUInt16LE(headerSize, 4);
  message.writeUInt16LE(header.charge, 6);
  message.writeUInt16LE(header.command, 12);
  message.writeUInt16LE(header.credits, 14);
  message.writeUInt32LE(header.flags, 16);
  message.writeUInt32LE(header.next, 20);
  message.writeUInt32LE(header.messageId % twoTo32, 24);
  message.writeUInt32LE(Math.floor(header.messageId / twoTo32), 28);
  message.writeUInt32LE(header.treeId, 36);
  message.writeBigUInt64LE(header.sessionId, 40);
}

/** Reads what stands at the start of `message`, the rest of a frame. */
export function readHeader(message: Buffer): ReplyHeader {
  if (message.length < 4) throw malformed('message', `${message.length} bytes`);
  const id = message.readUInt32LE(0);
  if (id === smb1Id) throw new SmbError('unsupported', 'The server speaks SMB 1, which this client refuses to');
  if (id !== protocolId || message.length < headerSize || message.readUInt16LE(4) !== headerSize) {
    throw malformed('message', 'it has no SMB 2 header');
  }
  const header = {
    status: message.readUInt32LE(8),
    command: message.readUInt16LE(12),
    credits: message.readUInt16LE(14),
    flags: message.readUInt32LE(16),
    next: message.readUInt32LE(20),
    messageId: readMessageId(message),
    treeId: message.readUInt32LE(36),
    sessionId: message.readBigUInt64LE(40),
  };
  if ((header.flags & flag.fromServer) === 0) throw malformed('message', 'it is a request');
  const isLast = header.next === 0;
  if (!isLast && (header.next % 8 !== 0 || header.next < headerSize || header.next + headerSize > message.length)) {
    throw malformed('message', `its next part starts at ${header.next} of ${message.length}`);
  }
  return header;
}

function readMessageId(message: Buffer): number {
  const low = message.readUInt32LE(24);
  const high = message.readUInt32LE(28);
  return low === twoTo32 - 1 && high === twoTo32 - 1 ? noMessageId : high * twoTo32 + low;
}
