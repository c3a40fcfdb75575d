import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../cli/stage';
import { makeShareTree } from '../support/smb/share-tree';
import { hasSamba, startSmbServer, workgroup, type SmbServer } from '../../sandbox/samba/start-samba';
import { startTestStorage, type TestStorage } from '../support/test-stamp';

jest.setTimeout(240_000);

let work: string;
let share: string;
let server: SmbServer;
let storage: TestStorage;

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'hubkeep-smb-e2e-'));
  chmodSync(work, 0o755);
  share = join(work, 'share');
  makeShareTree(share, 1000);
  if (hasSamba) server = await startSmbServer({ directory: share, global: ['server signing = mandatory'] });
  storage = await startTestStorage(join(work, 'azurite'));
});
afterAll(async () => {
  await storage.close();
  await server?.stop();
  rmSync(work, { recursive: true, force: true });
});

const check = hasSamba ? test : test.skip;

function hubkeep(container: string, ...args: string[]) {
  const settings = {
    ...storage.settings,
    BACKUP_COMPONENTS: 'fileshare',
    BACKUP_CONTAINER: container,
    FILE_SHARE_SMB_URL: `smb://127.0.0.1:${server.port}/files`,
    FILE_SHARE_USER: `${workgroup}\\${server.user}`,
    FILE_SHARE_PASSWORD: server.password,
  };
  return run(settings, args);
}

const fresh = (name: string) => join(work, name);

/** Without what the account may not read, which root on this machine may. */
function differences(restored: string): string {
  const ignored = ['--exclude=no.txt', '--exclude=closed'];
  return spawnSync('diff', ['-r', '--no-dereference', ...ignored, share, restored], { encoding: 'utf8' }).stdout;
}

check('a share read over SMB is a point like any other, and the next night stores nothing of it again', async () => {
  const first = await hubkeep('nights', 'backup', '--json');
  // One file and one directory are closed to the account, which is told by name.
  expect(first.code).toBe(3);
  const point = (await hubkeep('nights', 'show', 'latest', '--json')).json();
  expect(JSON.stringify(point.fileshare)).toContain('denied/no.txt');
  expect(JSON.stringify(point.fileshare)).toContain('closed');
  expect((await hubkeep('nights', 'verify', 'latest', '--deep')).code).toBe(0);
  expect(await hubkeep('nights', 'restore', 'latest', '--fileshare', fresh('first'))).toMatchObject({ code: 0 });
  expect(differences(fresh('first'))).toBe('');

  appendFileSync(join(share, 'tree/site1/d1/lib1/file1.js'), 'changed');
  const second = await hubkeep('nights', 'backup', '--json');
  expect(second.code).toBe(3);
  const { counts } = (await hubkeep('nights', 'show', 'latest', '--json')).json().fileshare;
  const { files } = point.fileshare.counts;
  expect(files).toBeGreaterThan(4000);
  expect(counts).toMatchObject({ files, added: 0, changed: 1, removed: 0, unchanged: files - 1 });
  // No more than the file that changed, which has at most 20 KB.
  expect(counts.bytesStored).toBeLessThan(20_000);
  expect(await hubkeep('nights', 'restore', 'latest', '--fileshare', fresh('second'))).toMatchObject({ code: 0 });
  expect(differences(fresh('second'))).toBe('');
  for (const { stdout, stderr } of [first, second]) expect(stdout + stderr).not.toContain(server.password);
});

check('the same files as through a path make the same point', async () => {
  await hubkeep('wire', 'backup');
  const path = { ...storage.settings, BACKUP_COMPONENTS: 'fileshare', BACKUP_CONTAINER: 'path', FILE_SHARE_PATH: share };
  await run(path, ['backup']);
  const [wire, disk] = [await restored('wire'), await restored('path')];
  expect([...wire.keys()]).toEqual([...disk.keys()]);
  // Times go over the wire in units of 100 ns, and are restored in whole microseconds.
  const apart = [...wire].filter(([file, at]) => Math.abs(at - (disk.get(file) ?? 0)) > 0.000_002);
  expect(apart).toEqual([]);
});

/** Kind, size and path of all that comes back, with its time in seconds. */
async function restored(container: string): Promise<Map<string, number>> {
  const target = fresh(`as-${container}`);
  await hubkeep(container, 'restore', 'latest', '--fileshare', target);
  const found = execFileSync('find', ['.', '-printf', '%T@ %y %s %P\\n'], { cwd: target, encoding: 'utf8' }).split('\n');
  const entries = found.flatMap((line): [string, number][] => {
    const [, at, what] = /^(\S+) (.+)$/.exec(line) ?? [];
    // What only root may read, and what its absence changes.
    if (what === undefined || /denied|closed|^d \d+ $/.test(what)) return [];
    return [[what.replace(/^d \d+/, 'd'), Number(at)]];
  });
  return new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

check('a server whose connections are cut goes on being read', async () => {
  const running = hubkeep('cut', 'backup', '--json');
  let cuts = 0;
  const cutting = setInterval(() => {
    for (const worker of server.workers()) {
      if (cuts >= 3) return;
      cuts += 1;
      server.signal(worker, 'KILL');
    }
  }, 150);
  const ended = await running;
  clearInterval(cutting);
  expect(cuts).toBeGreaterThan(0);
  expect(ended.code).toBe(3);
  expect(await hubkeep('cut', 'restore', 'latest', '--fileshare', fresh('cut'))).toMatchObject({ code: 0 });
  expect(differences(fresh('cut'))).toBe('');
});

check('a share that is not there any more fails, and says which setting to look at', async () => {
  renameSync(share, `${share}.away`);
  try {
    const ended = await hubkeep('gone', 'backup');
    expect(ended.code).toBe(1);
    expect(ended.stderr + ended.stdout).toMatch(/FILE_SHARE_SMB_URL/);
  } finally {
    renameSync(`${share}.away`, share);
  }
});
