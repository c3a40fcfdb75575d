import { Header } from 'tar/header';
import { isEscaped, printablePath, type SharePath } from '../contracts/share-path';
import type { Timestamp } from '../ports/file-source';

const block = 512;

export interface TarMember {
  readonly type: 'File' | 'Directory' | 'SymbolicLink' | 'Link';
  readonly path: SharePath;
  readonly mtime: Timestamp;
  readonly ctime?: Timestamp;
  readonly size?: number;
  /** Target of a link: of a symlink as written, of a hard link the path of an earlier member. */
  readonly target?: string;
  /** Carried as the pax `comment`: any other unknown key makes tar warn. */
  readonly comment?: string;
}

/** Everything that comes before a member's content: a pax header and the ustar header, a multiple of 512 bytes. */
export function tarHeaders(member: TarMember): Buffer {
  const path = printablePath(member.path) + (member.type === 'Directory' ? '/' : '');
  const target = member.target === undefined ? undefined : printablePath(member.target);
  const seconds = Math.floor(Number(member.mtime));
  const header = new Header({
    type: member.type,
    path,
    size: member.size ?? 0,
    mode: member.type === 'Directory' ? 0o755 : 0o644,
    uid: 0,
    gid: 0,
    mtime: new Date(Math.max(seconds, 0) * 1000),
    ...(target === undefined ? {} : { linkpath: target }),
  });
  const ustar = Buffer.alloc(block);
  const tooLong = header.encode(ustar, 0);
  const records = paxRecords({
    path: tooLong || !isAscii(path) || isEscaped(member.path) ? path : undefined,
    linkpath: target !== undefined && (target.length > 100 || !isAscii(target)) ? target : undefined,
    size: (member.size ?? 0) > 0o77777777777 ? String(member.size) : undefined,
    mtime: member.mtime,
    ctime: member.ctime,
    comment: member.comment,
  });
  return Buffer.concat([paxHeader(records.length), records, padding(records.length), ustar]);
}

/** Zeros that fill a member's content up to a whole block. */
export function padding(size: number): Buffer {
  return zeros.subarray(0, (block - (size % block)) % block);
}

const zeros = Buffer.alloc(block);

/** The same but for the size of what follows, which is nearly always one of a few hundred. */
const paxHeaders = new Map<number, Buffer>();
const paxHeadersKept = 1024;

function paxHeader(size: number): Buffer {
  const known = paxHeaders.get(size);
  if (known !== undefined) return known;
  const bytes = Buffer.alloc(block);
  new Header({ type: 'ExtendedHeader', path: 'PaxHeader', size, mode: 0o644, uid: 0, gid: 0, mtime: epoch }).encode(bytes, 0);
  if (paxHeaders.size < paxHeadersKept) paxHeaders.set(size, bytes);
  return bytes;
}

const epoch = new Date(0);

/** Each record is `length key=value\n`, and the length counts its own digits (POSIX pax, extended header). */
function paxRecords(records: Readonly<Record<string, string | undefined>>): Buffer {
  const lines: string[] = [];
  for (const [key, value] of Object.entries(records)) {
    if (value === undefined) continue;
    const rest = Buffer.byteLength(` ${key}=${value}\n`);
    let length = rest + String(rest).length;
    if (rest + String(length).length !== length) length = rest + String(length).length;
    lines.push(`${length} ${key}=${value}\n`);
  }
  return Buffer.from(lines.join(''), 'utf8');
}

function isAscii(text: string): boolean {
  return /^[\x00-\x7F]*$/.test(text);
}
