// CREATE and CLOSE (MS-SMB2 2.2.13 to 2.2.16). Nothing is ever created: files are opened as they are, to be read.
import type { Request } from './connection';
import { isDirectory, type SmbInfo } from './entry';
import { headerSize } from './header';
import { command } from './protocol';
import { createReader, malformed, type Reader } from './reader';
import { zeroed } from './zeroed';

/** In a compound: what the request before it opened. */
export const openedBefore = Buffer.alloc(16, 0xff);

/** MS-SMB2 2.2.13.1.1. */
const access = { readData: 0x1, readAttributes: 0x80 } as const;
const shareAll = 0x7;
const openExisting = 1;
const impersonation = 2;
const option = { directory: 0x1, notDirectory: 0x40, openReparsePoint: 0x20_0000 } as const;
const postQuery = 1;
const createFixed = 56;
const closeFixed = 24;

export interface Create {
  /** With backslashes, `''` for the root of the share. */
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'any';
  /** Whether a file system filter may stand behind a reparse point, as behind a deduplicated file. The point itself is opened otherwise. */
  readonly follow?: boolean;
}

export interface Created {
  readonly fileId: Buffer;
  readonly info: SmbInfo;
}

export function createRequest({ name, kind, follow = false }: Create): Request {
  const pathSize = 2 * name.length;
  // The buffer has at least one byte, even for no name.
  const body = zeroed(createFixed + Math.max(1, pathSize));
  body.writeUInt16LE(57, 0);
  body.writeUInt32LE(impersonation, 4);
  body.writeUInt32LE(kind === 'any' ? access.readAttributes : access.readData | access.readAttributes, 24);
  body.writeUInt32LE(shareAll, 32);
  body.writeUInt32LE(openExisting, 36);
  const kindOption = kind === 'any' ? 0 : kind === 'directory' ? option.directory : option.notDirectory;
  body.writeUInt32LE(kindOption | (follow ? 0 : option.openReparsePoint), 40);
  body.writeUInt16LE(headerSize + createFixed, 44);
  body.writeUInt16LE(pathSize, 46);
  body.write(name, createFixed, 'utf16le');
  return { command: command.create, body, charge: 1 };
}

export function parseCreate(message: Buffer): Created {
  const what = 'answer to CREATE';
  const reader = createReader(message, what);
  const at = headerSize;
  if (reader.u16(at) !== 89) throw malformed(what, `structure of ${reader.u16(at)}`);
  return {
    fileId: Buffer.from(reader.bytes(at + 64, 16)),
    info: readInfo(reader, what),
  };
}

/** Asks for what the file is as it is closed, too. */
export function closeRequest(fileId: Buffer): Request {
  const body = zeroed(closeFixed);
  body.writeUInt16LE(closeFixed, 0);
  body.writeUInt16LE(postQuery, 2);
  fileId.copy(body, 8);
  return { command: command.close, body, charge: 1 };
}

/** What the file was in the end; nothing where the server does not say. */
export function parseClose(message: Buffer): SmbInfo | undefined {
  const what = 'answer to CLOSE';
  const reader = createReader(message, what);
  const at = headerSize;
  if (reader.u16(at) !== 60) throw malformed(what, `structure of ${reader.u16(at)}`);
  return (reader.u16(at + 2) & postQuery) === 0 ? undefined : readInfo(reader, what);
}

/** Both replies tell it in the same places. */
function readInfo(reader: Reader, what: string): SmbInfo {
  const attributes = reader.u32(headerSize + 56);
  return {
    mtime: reader.u64(headerSize + 24),
    changeTime: reader.u64(headerSize + 32),
    size: isDirectory({ attributes }) ? 0 : sizeOf(reader.u64(headerSize + 48), what),
    attributes,
  };
}

export function sizeOf(value: bigint, what: string): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw malformed(what, `a file of ${value} bytes`);
  return Number(value);
}
