import { SmbError } from './smb-error';

/** What no name of a share holds: separators, wildcards' end of text, and the colon, behind which other streams lie. */
const impossible = /[\\:\u0000]/;

/** Its length in bytes has to fit 16 bits. */
const longest = 0x7fff;

/** A path with `/` between names (`''` is the root of the share) as the server wants it. */
export function wirePath(path: string): string {
  if (path === '') return '';
  const names = path.split('/');
  for (const name of names) {
    if (name === '' || name === '.' || name === '..' || impossible.test(name)) {
      throw new SmbError('bad-path', `${JSON.stringify(path)} is no path on a share`);
    }
  }
  if (path.length > longest) throw new SmbError('bad-path', `A path of ${path.length} letters is too long for a server`);
  return names.join('\\');
}
