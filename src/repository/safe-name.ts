import { createHash } from 'node:crypto';

const maximumLength = 60;
const plain = /^[a-z0-9_](?:[a-z0-9_-]|\.(?=[a-z0-9_]))*$/;
const endsLikeHash = /-[0-9a-f]{8}$/;
const windowsDevice = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/;

/**
 * A name for blobs and files, on any system, different for any two different names: the name itself when it consists
 * of a-z, 0-9, `_`, `-` and inner dots; otherwise what is left of it in those, and eight hex of the sha256 of the exact name.
 */
export function safeName(name: string): string {
  if (name.length <= maximumLength && plain.test(name) && !endsLikeHash.test(name) && !windowsDevice.test(name)) return name;
  const cleaned = name
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, maximumLength)
    .replace(/-+$/, '');
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${cleaned === '' ? 'x' : cleaned}-${hash}`;
}
