import { sep } from 'node:path';
import { pathToBytes, isEscaped, printablePath, type SharePath } from '../../contracts/share-path';
import { HubkeepError } from '../../errors/hubkeep-error';

const windowsDevice = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** The place of a share path under a root; throws `restore.unsafe-path` for anything that is not plainly below it. */
export function safePath(root: string, path: SharePath): string | Buffer {
  for (const name of path.split('/')) {
    if (isUnsafe(name)) {
      throw new HubkeepError(
        'restore.unsafe-path',
        `the index holds the path ${JSON.stringify(printablePath(path))}, which does not stay below the target`,
      );
    }
  }
  if (isEscaped(path)) return Buffer.concat([Buffer.from(`${root}/`), pathToBytes(path)]);
  return sep === '/' ? `${root}/${path}` : `${root}${sep}${path.replaceAll('/', sep)}`;
}

function isUnsafe(name: string): boolean {
  if (name === '' || name === '.' || name === '..' || name.includes('\0')) return true;
  return sep === '\\' && (/[\\:]/.test(name) || windowsDevice.test(name));
}
