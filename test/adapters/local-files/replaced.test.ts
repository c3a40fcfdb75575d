import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalFiles } from '../../../src/adapters/local-files/local-files';

let root: string;
let share: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hubkeep-replaced-'));
  share = join(root, 'share');
  mkdirSync(join(root, 'outside'), { recursive: true });
  mkdirSync(share);
  writeFileSync(join(root, 'outside', 'secret.txt'), 'outside the share');
});

afterEach(() => rmSync(root, { recursive: true }));

const asListed = { seen: { size: 20, mtime: '0.000000000' }, limit: 100 };
const replaced = expect.objectContaining({ code: 'share.vanished', message: expect.stringContaining('is something else') });

test.each([
  ['link to a file', () => symlinkSync(join(root, 'outside', 'secret.txt'), join(share, 'file'))],
  ['link to nothing', () => symlinkSync('nowhere', join(share, 'file'))],
  ['link to itself', () => symlinkSync('file', join(share, 'file'))],
  ['directory', () => mkdirSync(join(share, 'file'))],
])('a %s in place of a file is not read', async (_, make) => {
  make();
  await expectRefused();
});

/** In each of the ways there are to read a file. */
async function expectRefused() {
  const source = createLocalFiles(share);
  expect(() => source.readNow('file', asListed)).toThrow(replaced);
  await expect(source.readWhole('file', asListed)).rejects.toEqual(replaced);
  expect(() => source.open('file')).toThrow(replaced);
}

test('a socket in place of a file is not read', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(join(share, 'file'), resolve));
  await expectRefused();
  await new Promise((resolve) => server.close(resolve));
});

test.each(['readNow', 'readWhole', 'open'])('a pipe in place of a file does not make %s wait for its writer', (read) => {
  execFileSync('mkfifo', [join(share, 'file')]);
  const { stdout, signal } = spawnSync(process.execPath, ['-e', readAndTell, share, read], { timeout: 30_000 });
  expect({ signal, told: stdout.toString() }).toEqual({ signal: null, told: 'share.vanished' });
});

/** In a process of its own: an open that blocks can be ended only with its process. */
const readAndTell = `
  const { createLocalFiles } = require(${JSON.stringify(require.resolve('../../../src/adapters/local-files/local-files'))});
  const [share, read] = process.argv.slice(1);
  (async () => createLocalFiles(share)[read]('file', ${JSON.stringify({ seen: { size: 1, mtime: '0.000000000' }, limit: 10 })}))()
    .catch((error) => process.stdout.write(error.code));`;

test('a link in place of a directory is not listed', async () => {
  symlinkSync(join(root, 'outside'), join(share, 'directory'));
  const source = createLocalFiles(share);
  await expect((async () => source.list('directory'))()).rejects.toEqual(replaced);
});

test('a share whose root is a link is a share', async () => {
  symlinkSync(join(root, 'outside'), join(root, 'link'));
  const source = createLocalFiles(join(root, 'link'));
  await source.check();
  expect(await source.list('')).toMatchObject([{ name: 'secret.txt', kind: 'file' }]);
});
