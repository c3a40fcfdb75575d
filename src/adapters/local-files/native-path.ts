import { Buffer } from 'node:buffer';
import { sep } from 'node:path';
import { isEscaped, pathToBytes, type SharePath } from '../../contracts/share-path';

/** Where a share path lies on this machine. Bytes only where the name is not UTF-8: strings are twice as fast. */
export function nativePath(root: string, path: SharePath): string | Buffer {
  if (path === '') return root;
  if (isEscaped(path)) return Buffer.concat([Buffer.from(`${root}/`), pathToBytes(path)]);
  return sep === '/' ? `${root}/${path}` : `${root}${sep}${path.replaceAll('/', sep)}`;
}
