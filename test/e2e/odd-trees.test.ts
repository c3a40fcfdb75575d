import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAzureBlobStore } from '../../src/adapters/azure-blob/azure-blob-store';
import { run } from '../cli/stage';
import { startTestStorage, type TestStorage } from '../support/test-stamp';
import { makeOddTree, makeSpecials, makeTooDeep } from './odd-tree';
import { keysIn } from './stage';
import { differences, entriesOf } from './trees';

jest.setTimeout(240_000);

let work: string;
let storage: TestStorage;

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'hubkeep-odd-'));
  // Another user has to get at the shares in it.
  chmodSync(work, 0o755);
  storage = await startTestStorage(join(work, 'azurite'));
});

afterAll(async () => {
  await storage.close();
  // Node's own removal does not get to the bottom of a tree whose paths are too long.
  execFileSync('rm', ['-rf', work]);
});

/** The CLI on a share with points of its own. */
function hubkeepOn(share: string) {
  const container = share.slice(work.length + 1);
  const settings = {
    ...storage.settings,
    BACKUP_CONTAINER: container,
    FILE_SHARE_PATH: share,
    BACKUP_COMPONENTS: 'fileshare',
  };
  let restores = 0;
  return {
    settings,
    store: createAzureBlobStore(storage.direct, container),
    run: (...args: string[]) => run(settings, args),
    async shown() {
      return (await run(settings, ['show', 'latest', '--json'])).json().fileshare;
    },
    async restore(id = 'latest'): Promise<string> {
      const target = `${share}-restored-${++restores}`;
      expect(await run(settings, ['restore', id, '--fileshare', target])).toMatchObject({ code: 0 });
      return target;
    },
  };
}

const timesOf = (root: string) =>
  new Map(entriesOf(root).flatMap(({ path, kind, modified }) => (kind === 'symlink' ? [] : [[path, modified]])));
const bytesOf = (root: string, path: string) => lstatSync(join(root, path)).size;

test('whatever a disk can hold comes back as it was, and is not stored again the next night', async () => {
  const share = join(work, 'odd');
  makeOddTree(share);
  const hubkeep = hubkeepOn(share);
  const first = await hubkeep.run('backup');
  expect({ code: first.code, failed: first.stdout.match(/^(file|failed) .*$/gm) }).toEqual({ code: 0, failed: null });

  const restored = await hubkeep.restore();
  expect(differences(share, restored)).toBe('');
  expect(timesOf(restored)).toEqual(timesOf(share));
  for (const link of ['to-itself', 'to-outside', 'absolute', 'dangling', 'far', '../../to-broken', 'loop-a']) {
    const at = (root: string) => readlinkSync(join(root, 'odd/links', link), 'buffer');
    expect(at(restored)).toEqual(at(share));
  }
  expect(bytesOf(restored, 'sparse.vhd')).toBe(bytesOf(share, 'sparse.vhd'));

  expect((await hubkeep.run('backup')).code).toBe(0);
  expect((await hubkeep.shown()).counts).toMatchObject({ added: 0, changed: 0, removed: 0, failed: 0, stale: 0 });
  expect(differences(share, await hubkeep.restore())).toBe('');
  expect((await hubkeep.run('verify', '--all', '--deep')).code).toBe(0);
  expect(await namesInPacks(hubkeep.store)).toBe(entriesOf(share).length);
});

/** Different names that `tar` finds in all packs together. */
async function namesInPacks(store: ReturnType<typeof createAzureBlobStore>): Promise<number> {
  const packs: Buffer[] = [];
  for (const key of await keysIn(store, 'packs/')) packs.push((await store.read(key)).content);
  const tar = spawnSync('tar', ['--zstd', '-t'], { input: Buffer.concat(packs), maxBuffer: 1 << 28 });
  expect({ status: tar.status, stderr: tar.stderr.toString() }).toEqual({ status: 0, stderr: '' });
  return new Set(tar.stdout.toString('latin1').trimEnd().split('\n')).size;
}

test('what cannot be kept is listed with its reason, and costs nothing else', async () => {
  const share = join(work, 'special');
  mkdirSync(share);
  writeFileSync(join(share, 'plain.txt'), 'plain');
  const server = await makeSpecials(join(share, 'special'));
  makeTooDeep(join(share, 'too-deep'));
  const hubkeep = hubkeepOn(share);

  const { code, stdout } = await hubkeep.run('backup');
  expect(code).toBe(3);
  expect(stdout).toMatch(/^file +special\/pipe is neither file, directory nor link$/m);
  const { counts, failed } = await hubkeep.shown();
  const reasons = new Map<string, string>(failed.first.map(({ path, message }: Record<string, string>) => [path, message]));
  for (const name of ['pipe', 'socket', 'null', 'loop'])
    expect(reasons.get(`special/${name}`)).toContain('is neither file, directory nor link');
  const tooLong = [...reasons].filter(([path]) => path.startsWith('too-deep/'));
  expect(tooLong.length).toBeGreaterThan(0);
  for (const [, message] of tooLong) expect(message).toContain('too long for this system');
  expect(counts.failed).toBe(4 + tooLong.length);
  expect(counts.files).toBeGreaterThan(10);

  server.close();
  for (const name of ['special', 'too-deep']) execFileSync('rm', ['-rf', join(share, name)]);
  expect((await hubkeep.run('backup')).code).toBe(0);
  expect(differences(share, await hubkeep.restore())).toBe('');
});

test('what one user may not read keeps the content that an earlier night read', async () => {
  const share = join(work, 'denied');
  mkdirSync(join(share, 'closed/below'), { recursive: true });
  for (const path of ['open.txt', 'private.txt', 'closed/inside.txt', 'closed/below/deep.txt'])
    writeFileSync(join(share, path), `content of ${path}`);
  const hubkeep = hubkeepOn(share);
  expect((await hubkeep.run('backup')).code).toBe(0);
  writeFileSync(join(share, 'private.txt'), 'changed, but nobody else may see');
  writeFileSync(join(share, 'open.txt'), 'changed');
  chmodSync(join(share, 'private.txt'), 0o600);
  chmodSync(join(share, 'closed'), 0o700);

  const { code, stdout } = await asNobody(hubkeep.settings, ['backup']);
  expect({ code, stdout }).toEqual({
    code: 3,
    stdout: expect.stringMatching(/^file +closed: access is denied \(EACCES\) \(kept/m),
  });
  expect(stdout).toMatch(/^file +private\.txt: access is denied \(EACCES\) \(kept as it was/m);
  expect((await hubkeep.shown()).counts).toMatchObject({ files: 4, changed: 1, removed: 0, failed: 2, stale: 4 });
  const restored = await hubkeep.restore();
  const different = differences(share, restored).match(/^(diff|Only|Binary).*$/gm);
  expect(different).toEqual([expect.stringMatching(/private\.txt$/)]);
  expect(differences(join(share, 'closed'), join(restored, 'closed'))).toBe('');
});

/** Permission bits mean nothing to root. */
async function asNobody(settings: Readonly<Record<string, string>>, args: readonly string[]) {
  const main = require.resolve('../../src/cli/main');
  const child = spawn('setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, '--', main, ...args], {
    env: { ...settings, PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout };
}

test('a share that is never still is backed up all the same, and what stood still is as it was', async () => {
  const share = join(work, 'restless');
  for (let i = 0; i < 60; i++) {
    mkdirSync(join(share, `${i}`), { recursive: true });
    for (let file = 0; file < 40; file++) writeFileSync(join(share, `${i}`, `still-${file}`), `${i} ${file} `.repeat(file));
  }
  const hubkeep = hubkeepOn(share);
  const child = spawn(process.execPath, ['-e', restless, share], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const answers = [await hubkeep.run('backup'), await hubkeep.run('backup')];
  child.kill();
  await once(child, 'exit');

  for (const { code, stderr } of answers) {
    expect([0, 3]).toContain(code);
    expect(stderr).not.toMatch(/^hubkeep: /m);
  }
  const restored = await hubkeep.restore();
  const missing = differences(share, restored)
    .split('\n')
    .filter((line) => line.includes('still-'));
  expect(missing).toEqual([]);
  expect((await hubkeep.run('backup')).code).toBe(0);
  expect(differences(share, await hubkeep.restore())).toBe('');
});

/** Makes, grows, cuts, renames, replaces and removes beside the files that stand still, until it is killed. */
const restless = `
  const fs = require('fs'), share = process.argv[1];
  const acts = [
    (path) => fs.writeFileSync(path, Buffer.alloc(Math.random() * 200000)),
    (path) => fs.appendFileSync(path, 'more'),
    (path) => fs.truncateSync(path, 1),
    (path) => fs.rmSync(path, { recursive: true }),
    (path) => fs.renameSync(path, path + '-renamed'),
    (path) => fs.mkdirSync(path + '/a/b', { recursive: true }),
    (path) => fs.writeFileSync(path + '/a/b/c', 'below'),
    (path) => fs.symlinkSync('/etc', path),
  ];
  process.stdout.write('ready');
  (function turn() {
    for (let i = 0; i < 200; i++) {
      const path = share + '/' + Math.floor(Math.random() * 60) + '/restless-' + Math.floor(Math.random() * 20);
      try { acts[Math.floor(Math.random() * acts.length)](path); } catch {}
    }
    setTimeout(turn, 5);
  })();`;
