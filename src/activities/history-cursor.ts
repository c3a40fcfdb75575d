import { bytesToPath, isEscaped, pathToBytes, type SharePath } from '../contracts/share-path';

/** A history need not keep the lone surrogates that stand for bytes which are not UTF-8: a cursor travels as plain ASCII. */
export function toHistory(path: SharePath): string {
  return isEscaped(path) ? marker + pathToBytes(path).toString('base64url') : path;
}

export function fromHistory(cursor: string): SharePath {
  return cursor.startsWith(marker) ? bytesToPath(Buffer.from(cursor.slice(marker.length), 'base64url')) : cursor;
}

/** No path begins with a slash. */
const marker = '/bytes:';
