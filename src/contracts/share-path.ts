/**
 * Paths of the share are strings with `/` between names, without a leading slash. A name whose bytes are not UTF-8
 * is carried with each offending byte 0x80-0xFF as the lone surrogate U+DC80-U+DCFF, so that every name has exactly one string.
 */
export type SharePath = string;

const separator = 0x2f;
const firstSurrogate = 0xd800;

/** Sorts names of one directory in path order. */
export const compareNames = (a: string, b: string): number => comparePaths(a, b);

/** True when the path holds bytes that are not UTF-8. */
export function isEscaped(path: SharePath): boolean {
  return !path.isWellFormed();
}

/** The bytes the source has for this path. */
export function pathToBytes(path: SharePath): Buffer {
  if (!isEscaped(path)) return Buffer.from(path, 'utf8');
  const parts: Buffer[] = [];
  for (const character of path) {
    const code = character.codePointAt(0) ?? 0;
    parts.push(isRawByte(code) ? Buffer.from([code - 0xdc00]) : Buffer.from(character, 'utf8'));
  }
  return Buffer.concat(parts);
}

/** The string for a name's bytes: plain UTF-8 where they are, escaped byte by byte where they are not. */
export function bytesToPath(bytes: Uint8Array): SharePath {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString('utf8');
  if (!text.includes('\uFFFD') || Buffer.from(text, 'utf8').equals(buffer)) return text;
  let path = '';
  for (let at = 0; at < buffer.length;) {
    const length = sequenceLength(buffer, at);
    path += length === 0 ? String.fromCharCode(0xdc00 + (buffer[at] ?? 0)) : buffer.toString('utf8', at, at + length);
    at += Math.max(length, 1);
  }
  return path;
}

/** What is shown and written where only UTF-8 is allowed: offending bytes as `%XX`. */
export function printablePath(path: SharePath): string {
  if (!isEscaped(path)) return path;
  return Array.from(path, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return isRawByte(code) ? `%${(code - 0xdc00).toString(16).toUpperCase()}` : character;
  }).join('');
}

/** The same for a reader, on one line: control characters as `%XX` too. */
export function shownPath(path: SharePath): string {
  return printablePath(path).replace(/\p{Cc}/gu, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  });
}

/**
 * Path order: component by component, over bytes, a directory before what it holds. Neither JavaScript's sort (UTF-16
 * units) nor a byte sort of whole paths (which puts `a.b` before `a/b`).
 */
export function comparePaths(a: SharePath, b: SharePath): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left === right) continue;
    if (left >= firstSurrogate || right >= firstSurrogate) return compareBytes(a, b);
    return (left === separator ? -1 : left) - (right === separator ? -1 : right);
  }
  return a.length - b.length;
}

/** True when `path` is `directory` or lies below it. The share's root is `''`. */
export function isWithin(path: SharePath, directory: SharePath): boolean {
  return directory === '' || path === directory || path.startsWith(`${directory}/`);
}

function compareBytes(a: SharePath, b: SharePath): number {
  const left = pathToBytes(a);
  const right = pathToBytes(b);
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const x = left[i] ?? 0;
    const y = right[i] ?? 0;
    if (x !== y) return (x === separator ? -1 : x) - (y === separator ? -1 : y);
  }
  return left.length - right.length;
}

function isRawByte(code: number): boolean {
  return code >= 0xdc80 && code <= 0xdcff;
}

/** Length of the valid UTF-8 sequence at `at`, or 0 when there is none. */
function sequenceLength(bytes: Buffer, at: number): number {
  const lead = bytes[at] ?? 0;
  const length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  const slice = bytes.subarray(at, at + length);
  return Buffer.from(slice.toString('utf8'), 'utf8').equals(slice) ? length : 0;
}
