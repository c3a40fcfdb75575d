import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isOnNetwork } from '../../../src/adapters/local-files/network-path';

const mounts = `22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
31 22 0:26 / /proc rw,nosuid - proc proc rw
40 22 0:40 / /mnt/websites rw,relatime shared:2 - cifs //files/websites rw,vers=3.1.1
41 40 8:1 / /mnt/websites/local rw - xfs /dev/sdb1 rw
42 22 0:41 / /mnt/two\\040words rw - nfs4 files:/export rw
43 22 0:42 / /mnt/fuse rw - fuse.sshfs user@host: rw
`;

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hubkeep-mounts-'));
  file = join(directory, 'mountinfo');
  writeFileSync(file, mounts);
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

test.each([
  ['/srv/share', false],
  ['/mnt', false],
  ['/mnt/websites-of-old', false],
  ['/mnt/websites', true],
  ['/mnt/websites/a/b/', true],
  ['/mnt/websites/local/a', false],
  ['/mnt/two words/a', true],
  ['/mnt/fuse', true],
])('whether %s lies on a network is told by the innermost mount', (path, expected) => {
  expect(isOnNetwork(path, file)).toBe(expected);
});

test('where mounts cannot be read, a path may lie on a network', () => {
  expect(isOnNetwork('/srv/share', join(directory, 'missing'))).toBe(true);
});
