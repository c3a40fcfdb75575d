import { sep } from 'node:path';
import { pathToBytes, isEscaped, shownPath, type SharePath } from '../../contracts/share-path';
import { HubkeepError } from '../../errors/hubkeep-error';

export interface Places {
  readonly root: string;
  /** Names at the root that begin with this are refused: the restore keeps its own notes there. */
  readonly reserved: string;
}

/** A name that is empty, `.` or `..`, and what no file system can hold. */
const unsafeEverywhere = /(?:^|\/)\.{0,2}(?:\/|$)|\0/;
/** Separators and streams, names that Windows takes for a device, and ends that it drops in silence. */
const unsafeOnWindows = /[\\:]|(?:^|\/)(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[\d¹²³])\s*(?:[./]|$)|[. ](?:\/|$)/i;

/** The place of a share path in a target; throws `restore.unsafe-path` for anything that is not plainly below it. */
export function safePath({ root, reserved }: Places, path: SharePath): string | Buffer {
  if (isUnsafe(path, sep === '\\')) throw unsafe(path, 'does not stay below the target');
  if (path.startsWith('.') && path.slice(0, reserved.length).toLowerCase() === reserved.toLowerCase()) {
    throw unsafe(path, 'the restore needs for itself');
  }
  if (isEscaped(path)) return Buffer.concat([Buffer.from(`${root}/`), pathToBytes(path)]);
  return sep === '/' ? `${root}/${path}` : `${root}${sep}${path.replaceAll('/', sep)}`;
}

export function isUnsafe(path: SharePath, windows: boolean): boolean {
  return unsafeEverywhere.test(path) || (windows && unsafeOnWindows.test(path));
}

function unsafe(path: SharePath, why: string): HubkeepError {
  return new HubkeepError('restore.unsafe-path', `the index holds the path ${JSON.stringify(shownPath(path))}, which ${why}`);
}
