import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Parser, type ReadEntry } from 'tar';
import { openSmbShare, type SmbEntry, type SmbShare, type SmbShareOptions } from '../../../src/adapters/smb';
import { differing, filesOf } from '../../support/smb/compare';
import { longPath, makeShareTree, oddNames } from '../../support/smb/share-tree';
import { hasSamba, startSmbServer, type SmbServer, workgroup } from '../../../sandbox/samba/start-samba';

const modes = [
  { name: 'default', global: [], dialects: [0x0210, 0x0300, 0x0302, 0x0311] },
  { name: 'signing mandatory', global: ['server signing = mandatory'], dialects: [0x0210, 0x0300, 0x0302, 0x0311] },
  { name: 'encryption required', global: ['server smb encrypt = required'], dialects: [0x0300, 0x0302, 0x0311] },
] as const;
/** What smbclient is asked for too; `tree` has 5,000 files, of which these are some. */
const shownToSmbclient = ['odd', 'empty', 'wide', 'long', ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((n) => `tree/site${n}`)];
const shown = { 0x0210: '2.1', 0x0300: '3.0', 0x0302: '3.0.2', 0x0311: '3.1.1' } as const;

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'hubkeep-share-'));
  chmodSync(directory, 0o755);
  if (hasSamba) makeShareTree(directory);
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe.each(modes)('smbd, $name', ({ global, dialects }) => {
  let server: SmbServer;

  beforeAll(async () => {
    if (hasSamba) server = await startSmbServer({ directory, global });
  });
  afterAll(() => server?.stop());

  const open = (options: Partial<SmbShareOptions> = {}) => {
    const { port, user, password } = server;
    return openSmbShare({ host: '127.0.0.1', port, share: 'files', user, password, domain: workgroup, ...options });
  };

  describe.each(dialects.map((value) => [shown[value], value] as const))('SMB %s', (_, dialect) => {
    let share: SmbShare;

    beforeAll(() => {
      if (hasSamba) share = open({ dialects: [dialect], connections: 2 });
    });
    afterAll(() => share?.close());

    const check = hasSamba ? test : test.skip;

    check('5,000 files are read as they are on disk, with their times', async () => {
      const files = await filesOf(share, 'tree');
      expect(files.size).toBe(5000);
      expect(await differing(share, directory, files)).toEqual([]);
    });

    check('a directory of 3,000 entries is listed to its end', async () => {
      const names = (await share.list('wide')).map(({ name }) => name);
      expect(names.sort()).toEqual(readdirSync(join(directory, 'wide')).sort());
    });

    check('odd names, long paths, the empty file and the empty directory', async () => {
      expect((await share.list('odd')).map(({ name }) => name).sort()).toEqual([...oddNames].sort());
      expect(await differing(share, directory, await filesOf(share, 'odd'))).toEqual([]);
      expect(longPath.length).toBeGreaterThan(1000);
      expect([...(await filesOf(share, 'long')).keys()]).toEqual([longPath]);
      expect(await differing(share, directory, await filesOf(share, 'long'))).toEqual([]);
      expect(await differing(share, directory, await filesOf(share, 'empty'))).toEqual([]);
      expect(await share.list('nothing')).toEqual([]);
    });

    check('a large file comes in pieces, whole and in order', async () => {
      const source = readFileSync(join(directory, 'big/big.bin'));
      const file = await share.open('big/big.bin');
      const hash = createHash('sha256');
      const into = Buffer.alloc(700_001);
      for (let bytes = await file.read(into); bytes > 0; bytes = await file.read(into)) hash.update(into.subarray(0, bytes));
      expect(hash.digest('hex')).toBe(createHash('sha256').update(source).digest('hex'));
      expect(await file.close()).toEqual(file.info);
      expect(file.info).toEqual(await share.stat('big/big.bin'));
    });

    check('what is denied, missing or something else is told from each other', async () => {
      const kinds = await Promise.all(
        [
          share.readWhole('denied/no.txt', { limit: 100 }),
          share.list('closed'),
          share.readWhole('empty/none.txt', { limit: 100 }),
          share.list('none/deeper'),
          share.readWhole('empty', { limit: 100 }),
          share.list('empty/zero.txt'),
          share.open('none'),
          share.stat('../etc'),
        ].map((call) =>
          call.then(
            () => 'no error',
            (error: { kind: string }) => error.kind,
          ),
        ),
      );
      const missing = 'not-found';
      expect(kinds).toEqual(['denied', 'denied', missing, missing, 'not-a-file', 'not-a-directory', missing, 'bad-path']);
      expect((await share.list('denied')).length).toBe(1);
    });

    check('a wrong password and a wrong share are told from each other', async () => {
      const first = open({ dialects: [dialect], password: `${server.password}!` });
      await expect(first.list('')).rejects.toMatchObject({ kind: 'login-refused', statusName: 'STATUS_LOGON_FAILURE' });
      const second = open({ dialects: [dialect], share: 'none' });
      await expect(second.list('')).rejects.toMatchObject({ kind: 'share-missing', statusName: 'STATUS_BAD_NETWORK_NAME' });
      second.close();
    });
  });
});

const check = hasSamba ? test : test.skip;

describe('smbd', () => {
  let server: SmbServer | undefined;
  let share: SmbShare | undefined;

  afterEach(async () => {
    share?.close();
    await server?.stop();
  });

  const start = async (global: readonly string[]) => {
    server = await startSmbServer({ directory, global });
    const { port, user, password } = server;
    share = openSmbShare({ host: '127.0.0.1', port, share: 'files', user, password, domain: workgroup });
    return { server, share };
  };

  check.each(modes)('shows smbclient the same files, sizes, times and contents, $name', async ({ global }) => {
    const { server, share } = await start(global);
    const theirs = await readTar(runSmbclient(server));
    const ours: Record<string, string> = {};
    for (const directory of shownToSmbclient) {
      const read = async ([path, entry]: [string, SmbEntry]) => {
        const { content } = await share.readWhole(path, { limit: 1024 * 1024 });
        const seconds = entry.mtime / 10_000_000n - 11_644_473_600n;
        ours[path] = `${content.length} ${seconds} ${createHash('sha256').update(content).digest('hex')}`;
      };
      await Promise.all([...(await filesOf(share, directory))].map(read));
    }
    expect(Object.keys(ours).length).toBeGreaterThan(4000);
    expect(theirs).toEqual(ours);
  });

  check('is refused at SMB 2.1, which cannot encrypt, when it wants to', async () => {
    const { server } = await start(['server smb encrypt = required']);
    const { port, user, password } = server;
    const account = { user, password, domain: workgroup };
    const old = openSmbShare({ host: '127.0.0.1', port, share: 'files', ...account, dialects: [0x0210] });
    await expect(old.list('')).rejects.toMatchObject({ name: 'SmbError', kind: 'denied' });
    old.close();
  });

  check.each(['AES-128-CCM', 'AES-256-GCM', 'AES-256-CCM'])('is read when it encrypts with %s', async (name) => {
    const { share } = await start(['server smb encrypt = required', `server smb3 encryption algorithms = ${name}`]);
    expect(await differing(share, directory, await filesOf(share, 'tree/site3'))).toEqual([]);
  });

  check.each(['HMAC-SHA256', 'AES-128-CMAC', 'AES-128-GMAC'])('is read when SMB 3.1.1 signs with %s', async (name) => {
    const { share } = await start([`server smb3 signing algorithms = ${name}`]);
    expect(await differing(share, directory, await filesOf(share, 'tree/site4'))).toEqual([]);
  });
});

function runSmbclient({ port, user, password }: SmbServer): Buffer {
  const account = join(directory, '..', `hubkeep-account-${port}`);
  writeFileSync(account, `username = ${user}\npassword = ${password}\ndomain = ${workgroup}\n`, { mode: 0o600 });
  try {
    const where = ['//127.0.0.1/files', '-p', String(port), '-A', account, '-m', 'SMB3', '-s', '/dev/null'];
    return execFileSync('smbclient', [...where, '-E', '-Tc', '-', ...shownToSmbclient], {
      maxBuffer: 1 << 28,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } finally {
    rmSync(account);
  }
}

async function readTar(tar: Buffer): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  const parser = new Parser({
    onReadEntry(entry: ReadEntry) {
      const hash = createHash('sha256').setEncoding('hex');
      entry.on('data', (chunk) => hash.write(chunk));
      entry.on('end', () => {
        hash.end();
        if (entry.type !== 'File' && entry.type !== 'OldFile') return;
        const seconds = Math.floor(entry.mtime!.getTime() / 1000);
        files[entry.path.replace(/^\.\//, '')] = `${entry.size} ${seconds} ${String(hash.read())}`;
      });
    },
  });
  await new Promise<void>((resolve, reject) => {
    parser.on('end', resolve);
    parser.on('error', reject);
    parser.end(tar);
  });
  return files;
}
