import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalFiles } from '../../../src/adapters/local-files/local-files';
import { createSmbFiles, type SmbFilesOptions } from '../../../src/adapters/smb-share/smb-files';
import type { FileSource, SourceEntry } from '../../../src/ports/file-source';
import { longPath, makeShareTree } from '../../support/smb/share-tree';
import { hasSamba, startSmbServer, workgroup, type SmbServer } from '../../../sandbox/samba/start-samba';

let directory: string;
let server: SmbServer;
let source: FileSource;
let local: FileSource;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'hubkeep-smb-share-'));
  chmodSync(directory, 0o755);
  if (!hasSamba) return;
  makeShareTree(directory, 300);
  server = await startSmbServer({ directory });
  source = openSource();
  local = createLocalFiles(directory);
});
afterAll(async () => {
  await server?.stop();
  rmSync(directory, { recursive: true, force: true });
});

function openSource(options: Partial<SmbFilesOptions> = {}): FileSource {
  const { port, user, password } = server;
  const account = { user, domain: workgroup, password };
  return createSmbFiles({ host: '127.0.0.1', port, share: 'files', directory: '', ...account, ...options });
}

const check = hasSamba ? test : test.skip;

/** Times go over the wire in units of 100 ns. */
const rough = ({ name, kind, size, mtime }: SourceEntry) => ({ name, kind, size, mtime: mtime.slice(0, -2) });

async function everyEntry(files: FileSource, path = ''): Promise<[string, ReturnType<typeof rough>][]> {
  const entries = path === 'closed' ? [] : await files.list(path);
  const below = entries.map(async (entry) => {
    const child = path === '' ? entry.name : `${path}/${entry.name}`;
    const own: [string, ReturnType<typeof rough>] = [child, rough(entry)];
    return entry.kind === 'directory' ? [own, ...(await everyEntry(files, child))] : [own];
  });
  return (await Promise.all(below)).flat();
}

check('shows what the disk behind it shows, in the same order', async () => {
  await source.check();
  const entries = await everyEntry(source);
  expect(entries.length).toBeGreaterThan(3300);
  // The size of a directory is no business of anybody's.
  expect(entries).toEqual(await everyEntry(local));
});

check('reads a file whole, and tells whether it is what was seen', async () => {
  const [entry] = (await source.list('empty')).filter(({ name }) => name === 'zero.txt');
  const seen = entry!;
  expect(await source.readWhole('empty/zero.txt', { seen, limit: 10 })).toMatchObject({ changed: false, state: { size: 0 } });
  const deep = (await source.list(longPath.slice(0, longPath.lastIndexOf('/'))))[0]!;
  const whole = await source.readWhole(longPath, { seen: deep, limit: 1000 });
  expect([whole.changed, whole.content.toString(), whole.state]).toEqual([
    ...[false, 'deep'],
    { size: deep.size, mtime: deep.mtime, ctime: deep.ctime },
  ]);
  expect(await source.readWhole(longPath, { seen: { ...deep, size: 3 }, limit: 1000 })).toMatchObject({ changed: true });
  const cut = await source.readWhole(longPath, { seen: deep, limit: 2 });
  expect([cut.changed, cut.content.length]).toEqual([true, 3]);
});

check('reads a large file piece by piece', async () => {
  const file = await source.open('big/big.bin');
  const same = await local.open('big/big.bin');
  const [into, expected] = [Buffer.alloc(1_000_003), Buffer.alloc(1_000_003)];
  let read = 0;
  for (;;) {
    const bytes = await file.read(into);
    if (bytes === 0) break;
    for (let at = 0; at < bytes; at += await same.read(expected.subarray(at, bytes)));
    expect(into.subarray(0, bytes).equals(expected.subarray(0, bytes))).toBe(true);
    read += bytes;
  }
  expect(await file.close()).toMatchObject({ changed: false, size: read });
});

check('one entry that cannot be had is told by its name', async () => {
  const seen = { size: 20, mtime: '0.0' };
  const read = (path: string) => source.readWhole(path, { seen, limit: 100 });
  await expect(read('denied/no.txt')).rejects.toMatchObject({
    code: 'share.denied',
    message: 'denied/no.txt: access is denied (STATUS_ACCESS_DENIED)',
  });
  await expect(read('denied/never.txt')).rejects.toMatchObject({ code: 'share.vanished' });
  await expect(read('tree')).rejects.toMatchObject({ code: 'share.vanished' });
  await expect(source.list('closed')).rejects.toMatchObject({ code: 'share.denied' });
  await expect(source.list('denied/no.txt')).rejects.toMatchObject({ code: 'share.vanished' });
});

check('begins below the share where it is told to', async () => {
  const below = openSource({ directory: 'tree/site1' });
  expect(below.location).toBe(`smb://127.0.0.1:${server.port}/files/tree/site1`);
  expect(await everyEntry(below)).toEqual(await everyEntry(createLocalFiles(join(directory, 'tree/site1'))));
});

check.each<[string, () => Partial<SmbFilesOptions>, object]>([
  ['a wrong password', () => ({ password: 'CANARY-wrong' }), { code: 'share.denied', hint: /FILE_SHARE_USER/ }],
  ['a share that is not there', () => ({ share: 'none' }), { code: 'share.not-found', hint: /FILE_SHARE_SMB_URL/ }],
  ['a directory that is not there', () => ({ directory: 'none' }), { code: 'share.not-found', hint: /FILE_SHARE_SMB_URL/ }],
  ['a directory that may not be listed', () => ({ directory: 'closed' }), { code: 'share.denied', hint: /read permission/ }],
  ['a server that does not listen', () => ({ port: 1 }), { code: 'share.gone', retryable: true }],
])('%s is named with the setting to look at', async (_what, options, expected) => {
  const error = await openSource(options())
    .check()
    .then(
      () => undefined,
      (thrown: unknown) => thrown as Error & { hint: string },
    );
  const { hint, ...rest } = expected as { hint?: RegExp };
  expect(error).toMatchObject(rest);
  if (hint !== undefined) expect(error?.hint).toMatch(hint);
  expect(JSON.stringify(error) + String(error?.stack) + String(error?.cause)).not.toContain('CANARY');
});

check('an account that was refused is let in by the next check once it may', async () => {
  const late = openSource({ user: 'hubkeep-late' });
  await expect(late.check()).rejects.toMatchObject({ code: 'share.denied' });
  await expect(late.check()).rejects.toMatchObject({ code: 'share.denied' });
  server.addUser('hubkeep-late');
  await late.check();
  expect((await late.list('empty')).map(({ name }) => name)).toEqual(['zero.txt']);
});
