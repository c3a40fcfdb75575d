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

/**
 * Everything that comes before a member's content: a pax header and the ustar header, a multiple of 512 bytes. Good until
 * the next call only: this is done once a file, and one piece of memory serves for all.
 */
export function tarHeaders(member: TarMember): Buffer {
  const path = printablePath(member.path) + (member.type === 'Directory' ? '/' : '');
  const target = member.target === undefined ? undefined : printablePath(member.target);
  const size = member.size ?? 0;
  const isPathPlain = isAscii(path) && path.length < nameLength;
  if (isAscii(path) && isAscii(target ?? '') && Math.max(size, secondsOf(member.mtime)) <= largestOctal)
    encodePlain(member, { path, target, size });
  else encodeUstar(member, { path, target, size });
  const records = paxRecords({
    path: isPathPlain && !isEscaped(member.path) ? undefined : path,
    linkpath: target !== undefined && (target.length >= nameLength || !isAscii(target)) ? target : undefined,
    size: size > largestOctal ? String(size) : undefined,
    mtime: member.mtime,
    ctime: member.ctime,
    comment: member.comment,
    escaped: { path: member.path, linkpath: member.target },
  });
  return assemble(records);
}

/** What the twelve bytes of a ustar number can hold. */
const largestOctal = 0o77777777777;

const nameLength = 100;
const sizeAt = 124;
const mtimeAt = 136;
const checksumAt = 148;
const typeAt = 156;
const targetAt = 157;
const numberLength = 12;

interface Named {
  readonly path: string;
  readonly target: string | undefined;
  readonly size: number;
}

const plainHeaders = new Map<TarMember['type'], Buffer>();

/** What the library makes of short names, at a fifth of the cost; longer ones are cut, for a pax record holds them whole. */
function encodePlain({ type, mtime }: TarMember, { path, target, size }: Named) {
  plainOf(type).copy(ustar);
  ustar.write(path, 0, nameLength - 1, 'latin1');
  if (target !== undefined) ustar.write(target, targetAt, nameLength - 1, 'latin1');
  writeOctal(size, sizeAt, numberLength);
  writeOctal(secondsOf(mtime), mtimeAt, numberLength);
  let sum = 8 * 0x20;
  for (let i = 0; i < checksumAt; i++) sum += ustar[i] as number;
  for (let i = typeAt; i < block; i++) sum += ustar[i] as number;
  writeOctal(sum, checksumAt, 8);
}

function plainOf(type: TarMember['type']): Buffer {
  const known = plainHeaders.get(type);
  if (known !== undefined) return known;
  encodeUstar({ type, path: '', mtime: '0' }, { path: '', target: undefined, size: 0 });
  const plain = Buffer.from(ustar);
  plainHeaders.set(type, plain);
  return plain;
}

/** Zeros, digits, a blank where there is room for one, and a NUL. */
function writeOctal(value: number, at: number, length: number) {
  const digits = value.toString(8);
  const end = digits.length === length - 1 ? at + length - 1 : at + length - 2;
  ustar.fill(0x30, at, end);
  ustar.write(digits, end - digits.length, 'latin1');
  ustar.fill(0x20, end, at + length - 1);
  ustar[at + length - 1] = 0;
}

const header = new Header({ mode: 0o644, uid: 0, gid: 0 });
const modified = new Date(0);
const ustar = Buffer.alloc(block);

function encodeUstar(member: TarMember, { path, target, size }: Named) {
  header.type = member.type;
  header.path = path;
  header.size = size;
  header.mode = member.type === 'Directory' ? 0o755 : 0o644;
  modified.setTime(secondsOf(member.mtime) * 1000);
  header.mtime = modified;
  header.linkpath = target ?? '';
  // The library leaves the bytes of fields it does not write as they are.
  ustar.fill(0);
  header.encode(ustar, 0);
}

/** What a ustar header can hold of a time. */
function secondsOf(mtime: Timestamp): number {
  return Math.max(Math.floor(Number(mtime)), 0);
}

let scratch = Buffer.allocUnsafeSlow(16 * block);

/** Pax header, its records filled up to whole blocks, ustar header. */
function assemble(records: string): Buffer {
  const most = 3 * records.length + 4 * block;
  if (scratch.length < most) scratch = Buffer.allocUnsafeSlow(2 * most);
  const length = scratch.write(records, block, 'utf8');
  const end = block + length + paddingOf(length);
  scratch.fill(0, block + length, end);
  scratch.set(paxHeader(length), 0);
  scratch.set(ustar, end);
  return scratch.subarray(0, end + block);
}

/** Zeros that fill a member's content up to a whole block. */
export function padding(size: number): Buffer {
  return zeros.subarray(0, paddingOf(size));
}

function paddingOf(size: number): number {
  return (block - (size % block)) % block;
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

interface PaxRecords {
  readonly path: string | undefined;
  readonly linkpath: string | undefined;
  readonly size: string | undefined;
  readonly mtime: string;
  readonly ctime: string | undefined;
  readonly comment: string | undefined;
  /** Names as the index has them, for those that had to be written with `%XX`. */
  readonly escaped: { readonly path: string; readonly linkpath: string | undefined };
}

function paxRecords({ path, linkpath, size, mtime, ctime, comment, escaped }: PaxRecords): string {
  return (
    paxRecord('path', path) +
    paxRecord('linkpath', linkpath) +
    paxRecord('size', size) +
    paxRecord('mtime', mtime) +
    paxRecord('ctime', ctime) +
    paxRecord('comment', exactName('path', escaped.path)) +
    paxRecord('comment', exactName('linkpath', escaped.linkpath)) +
    paxRecord('comment', comment)
  );
}

/** `%XX` may also be what a name really holds: a comment, which every tar passes over, tells which it is. */
function exactName(key: string, name: string | undefined): string | undefined {
  return name !== undefined && isEscaped(name) ? `${key}=${JSON.stringify(name)}` : undefined;
}

/** `length key=value\n`, where the length counts its own digits (POSIX pax, extended header). */
function paxRecord(key: string, value: string | undefined): string {
  if (value === undefined) return '';
  const rest = Buffer.byteLength(value) + key.length + 3;
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

function isAscii(text: string): boolean {
  return /^[\x00-\x7F]*$/.test(text);
}
