// QUERY_DIRECTORY (MS-SMB2 2.2.33, 2.2.34) with FileIdFullDirectoryInformation (MS-FSCC 2.4.18).
import type { Request } from './connection';
import { sizeOf } from './create-close';
import { attribute, isDirectory, type SmbEntry } from './entry';
import { headerSize } from './header';
import { command, creditsFor } from './protocol';
import { createReader, malformed, type Reader } from './reader';
import { zeroed } from './zeroed';

const what = 'answer to QUERY_DIRECTORY';
const fixedSize = 32;
const fileIdFullDirectoryInformation = 38;
const everything = Buffer.from('*', 'utf16le');
const entryFixed = 80;
/** Four times what Windows takes (MS-FSCC 2.1.5.2), for servers of other systems. */
const longestName = 1020;

export interface QueryDirectory {
  readonly fileId: Buffer;
  /** Bytes the answer may have. */
  readonly maxOutput: number;
}

export function queryDirectoryRequest({ fileId, maxOutput }: QueryDirectory): Request {
  const body = zeroed(fixedSize + everything.length);
  body.writeUInt16LE(33, 0);
  body[2] = fileIdFullDirectoryInformation;
  fileId.copy(body, 8);
  everything.copy(body, fixedSize);
  body.writeUInt16LE(headerSize + fixedSize, 24);
  body.writeUInt16LE(everything.length, 26);
  body.writeUInt32LE(maxOutput, 28);
  return { command: command.queryDirectory, body, charge: creditsFor(maxOutput) };
}

/** Some entries of a directory, those for itself and its parent left out. */
export function parseQueryDirectory(message: Buffer): SmbEntry[] {
  const reader = createReader(message, what);
  if (reader.u16(headerSize) !== 9) throw malformed(what, `structure of ${reader.u16(headerSize)}`);
  const list = createReader(reader.bytes(reader.u16(headerSize + 2), reader.u32(headerSize + 4)), what);
  const entries: SmbEntry[] = [];
  for (let at = 0; list.length > 0;) {
    const nameLength = list.u32(at + 60);
    const next = list.u32(at);
    // Names that reach into other entries would be read many times over.
    if (next !== 0 && next < entryFixed + nameLength) throw malformed(what, 'entries that overlap');
    const name = list.utf16(at + entryFixed, nameLength);
    if (name !== '.' && name !== '..') entries.push(readEntry(list, at, checkedName(name)));
    if (next === 0) break;
    at += next;
  }
  return entries;
}

function readEntry(list: Reader, at: number, name: string): SmbEntry {
  const attributes = list.u32(at + 56);
  return {
    name,
    mtime: list.u64(at + 24),
    changeTime: list.u64(at + 32),
    size: isDirectory({ attributes }) ? 0 : sizeOf(list.u64(at + 40), what),
    attributes,
    // Where there is a reparse point the field of the size of extended attributes holds its tag.
    reparseTag: (attributes & attribute.reparsePoint) === 0 ? undefined : list.u32(at + 64),
  };
}

/** A name becomes part of paths, here and wherever it is restored to: it must not lead anywhere else. */
function checkedName(name: string): string {
  if (name.length > longestName) throw malformed(what, `a name of ${name.length} letters`);
  if (name === '' || /[/\\\u0000]/.test(name)) throw malformed(what, `a name that is none: ${JSON.stringify(name)}`);
  return name;
}
