/**
 * SMB names are UTF-16 that nobody checks. A half of a surrogate pair without the other is carried as share paths carry
 * bytes that are not UTF-8: as the three bytes it would have if it could be written so.
 */

/** A name as the server lists it, for a share path. */
export function toShareName(name: string): string {
  if (name.isWellFormed()) return name;
  return name.replace(/\p{Surrogate}/gu, (half) => {
    const unit = half.charCodeAt(0);
    const bytes = [0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f)];
    return String.fromCharCode(...bytes.map((byte) => 0xdc00 + byte));
  });
}

/** A share path as the server knows it. */
export function toWirePath(path: string): string {
  if (path.isWellFormed()) return path;
  return path.replace(/\udced[\udca0-\udcbf][\udc80-\udcbf]/g, (escaped) => {
    const [, middle, last] = Array.from(escaped, (_, i) => escaped.charCodeAt(i) - 0xdc00);
    return String.fromCharCode(0xd000 | (((middle ?? 0) & 0x3f) << 6) | ((last ?? 0) & 0x3f));
  });
}
