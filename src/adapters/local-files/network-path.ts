import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const networkSystems = /^(cifs|smb|nfs|9p|afs|ceph|gluster|lustre|virtiofs|fuse)/;

/** True where every answer may take a while: a UNC path, or below a mount of a network. What cannot be told counts as such. */
export function isOnNetwork(path: string, mountsFile = '/proc/self/mountinfo'): boolean {
  try {
    const mounts = readFileSync(mountsFile, 'utf8').split('\n').flatMap(toMount);
    const inner = mounts.filter(({ point }) => isBelow(resolve(path), point)).sort((a, b) => b.point.length - a.point.length)[0];
    return inner === undefined || networkSystems.test(inner.system);
  } catch {
    return true;
  }
}

interface Mount {
  readonly point: string;
  readonly system: string;
}

/** `36 35 98:0 /root /point options … - system source options` (proc_pid_mountinfo(5)); later ones hide earlier ones. */
function toMount(line: string): Mount[] {
  const [before = '', after = ''] = line.split(' - ', 2);
  const point = before.split(' ')[4];
  const system = after.split(' ')[0];
  return point === undefined || system === undefined ? [] : [{ point: unescaped(point), system }];
}

function unescaped(point: string): string {
  return point.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}

function isBelow(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`);
}
