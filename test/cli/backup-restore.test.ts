import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, lstatSync, mkdirSync, readFileSync, readdirSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { openStage, type Stage } from './stage';

let stage: Stage;
beforeAll(async () => (stage = await openStage()));
afterAll(() => stage.close());

const idPattern = /^\d{8}T\d{6}Z-[0-9a-f]{4}$/;

test('before the first backup there is nothing to list, and it says so', async () => {
  const answer = await stage.hubkeep('list', '--json');
  expect(answer.code).toBe(1);
  expect(answer.json()).toMatchObject({
    error: { code: 'store.not-found', message: expect.stringContaining('there is no repository') },
  });
});

test('backs up, and the summary is one JSON document', async () => {
  const answer = await stage.hubkeep('backup', '--json', '--reason', 'before the update');
  expect({ code: answer.code, ...answer.json() }).toMatchObject({
    code: 0,
    status: 'complete',
    components: ['fileshare'],
    trigger: 'cli',
    reason: 'before the update',
    problems: [],
    recoveryPoint: expect.stringMatching(idPattern),
  });
  expect(answer.stderr).toContain('backing up file share');
  expect(answer.stderr).toMatch(/fileshare +127 files of .* \(\d+ new, 0 changed, 0 removed\)/);
});

test('a second backup stores only what is new', async () => {
  appendFileSync(join(stage.share, 'site0/wwwroot/web.config'), '<!-- changed -->\n');
  const answer = await stage.hubkeep('backup');
  expect(answer.code).toBe(0);
  expect(answer.stdout).toMatch(/complete: recovery point \S+, number 2, in http:/);
  const [first, second] = await Promise.all(
    (await stage.hubkeep('list', '--json'))
      .json()
      .map(async ({ id }: { id: string }) => (await stage.hubkeep('show', id, '--json')).json()),
  );
  expect(second.fileshare.counts).toMatchObject({ added: 0, changed: 1, removed: 0, files: 127 });
  expect(second.fileshare.counts.bytesStored).toBeLessThan(first.fileshare.counts.bytesStored / 4);
  expect(second.previous.id).toBe(first.id);
});

test('lists points with all their bytes, and shows one with its marks', async () => {
  const list = (await stage.hubkeep('list', '--json')).json();
  expect(list).toHaveLength(2);
  const bytes = Number(
    execFileSync('find', [stage.share, '-type', 'f', '-printf', '%s\n'])
      .toString()
      .split('\n')
      .reduce((sum, size) => sum + Number(size), 0),
  );
  expect(list[1]).toEqual({
    id: expect.stringMatching(idPattern),
    sequence: 2,
    outcome: 'complete',
    components: ['fileshare'],
    startedAt: expect.any(String),
    bytes,
    marks: [],
  });
  const shown = await stage.hubkeep('show', 'latest', '--json');
  expect(shown.json()).toMatchObject({
    id: list[1].id,
    sequence: 2,
    marks: [],
    formatVersion: 1,
    fileshare: { status: 'succeeded' },
  });
  expect((await stage.hubkeep('list')).stdout).toContain(list[0].id);
  expect((await stage.hubkeep('show', list[0].id)).stdout).toContain('before the update');
});

test('a restored share is the share, times and empty directories too', async () => {
  const target = join(stage.work, 'restored');
  const answer = await stage.hubkeep('restore', 'latest', '--fileshare', target, '--json');
  expect({ code: answer.code, ...answer.json() }).toMatchObject({
    code: 0,
    fileshare: { directory: target, files: 127, symlinks: 1 },
    missing: [],
  });
  execFileSync('diff', ['-r', '--no-dereference', stage.share, target]);
  const paths = readdirSync(stage.share, { recursive: true, encoding: 'utf8' });
  expect(paths).toContain('site0/empty/below');
  for (const path of paths) {
    if (lstatSync(join(stage.share, path)).isSymbolicLink()) continue;
    const times = [stage.share, target].map((root) => lstatSync(join(root, path), { bigint: true }).mtimeNs / 1_000_000n);
    expect([path, times[1]]).toEqual([path, times[0]]);
  }
});

test('restores only what is included', async () => {
  const target = join(stage.work, 'some');
  const answer = await stage.hubkeep('restore', 'latest', '--fileshare', target, '--include', '**/web.config', 'site1/large.bin');
  expect(answer.code).toBe(0);
  const files = readdirSync(target, { recursive: true, encoding: 'utf8' }).filter((path) =>
    lstatSync(join(target, path)).isFile(),
  );
  expect(files.sort()).toEqual([
    'site0/wwwroot/web.config',
    'site1/large.bin',
    'site1/wwwroot/web.config',
    'site2/wwwroot/web.config',
  ]);
  const none = await stage.hubkeep('restore', 'latest', '--fileshare', join(stage.work, 'none'), '--include', 'nowhere/**');
  expect(none.code).toBe(1);
  expect(none.stderr).toContain('nothing in the share matches --include nowhere/**');
});

test('an earlier point still gives back what it held', async () => {
  const [{ id }] = (await stage.hubkeep('list', '--json')).json();
  const target = join(stage.work, 'earlier');
  expect((await stage.hubkeep('restore', id, '--fileshare', target, '--include', 'site0/wwwroot/web.config')).code).toBe(0);
  expect(readFileSync(join(target, 'site0/wwwroot/web.config'), 'utf8')).toBe('<configuration/>\n');
});

test('never restores into a directory that holds something', async () => {
  const target = join(stage.work, 'taken');
  mkdirSync(join(target, 'mine'), { recursive: true });
  const answer = await stage.hubkeep('restore', 'latest', '--fileshare', target);
  expect(answer.code).toBe(1);
  expect(answer.stderr).toMatch(/^hubkeep: .*taken is not empty\n {2}hint: /m);
  expect(readdirSync(target)).toEqual(['mine']);
});

test('a component that no point has is an error that says so', async () => {
  const latest = await stage.hubkeep('restore', 'latest', '--databases', join(stage.work, 'databases'));
  expect(latest.code).toBe(1);
  expect(latest.stderr).toContain('there is no recovery point with databases');
  const [{ id }] = (await stage.hubkeep('list', '--json')).json();
  const named = await stage.hubkeep('restore', id, '--databases', join(stage.work, 'databases'));
  expect(named.code).toBe(1);
  expect(named.stderr).toContain(`recovery point ${id} has no databases`);
});

test('a point that lacks a part asked for gives the others and says what is missing', async () => {
  const [{ id }] = (await stage.hubkeep('list', '--json')).json();
  const target = join(stage.work, 'partly');
  const answer = await stage.hubkeep(
    'restore',
    id,
    '--fileshare',
    target,
    '--databases',
    join(stage.work, 'databases'),
    '--json',
  );
  expect(answer.code).toBe(3);
  expect(answer.json()).toMatchObject({ fileshare: { files: 127 }, missing: [{ component: 'databases' }] });
  expect(existsSync(join(target, 'site1/large.bin'))).toBe(true);
});

test('an unknown recovery point is an error, whatever it is called', async () => {
  for (const id of ['20200101T000000Z-0000', '../../hubkeep', 'newest']) {
    for (const command of ['show', 'verify']) {
      const answer = await stage.hubkeep(command, id, '--json');
      expect([answer.code, answer.json().error.code]).toEqual([1, 'point.not-found']);
    }
  }
});

test('without a share there is no recovery point, and the reason is named', async () => {
  const answer = await stage.hubkeepWith({ FILE_SHARE_PATH: '/nowhere/share' }, 'backup', '--json');
  expect(answer.code).toBe(1);
  expect(answer.json()).toMatchObject({
    status: 'failed',
    recoveryPoint: null,
    problems: [{ component: 'fileshare', code: 'share.not-found' }],
  });
  expect(answer.stderr).toMatch(/failed +fileshare: FILE_SHARE_PATH \/nowhere\/share .*\n +hint: /);
  expect((await stage.hubkeep('list', '--json')).json()).toHaveLength(2);
});

test('stops on a signal, and makes no recovery point of what it had', async () => {
  const main = require.resolve('../../src/cli/main');
  const settings = { KEY_VAULT_URL: 'https://127.0.0.1:9', BACKUP_CONTAINER: 'stopped' };
  const child = spawn(
    process.execPath,
    [main, 'backup', '--components', 'fileshare,secrets', '--env-file', join(stage.work, 'hubkeep.env')],
    { env: settings },
  );
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (said.includes('backing up') && !said.includes('cancelling')) child.kill('SIGINT');
  });
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect([code, said]).toEqual([1, expect.stringMatching(/cancelled: run \S+ was stopped and made no recovery point/)]);
  expect((await stage.hubkeepWith(settings, 'list', '--json')).json()).toEqual([]);
});

test('a run that is under way refuses another and names itself', async () => {
  const settings = { BACKUP_CONTAINER: 'busy' };
  await stage.hubkeepWith(settings, 'backup');
  const store = stage.store('busy');
  const lock = JSON.parse((await store.read('locks/run.json')).content.toString());
  const held = { ...lock, runId: '20300101T000000Z-abcd', pid: process.pid, renewedAt: new Date().toISOString() };
  await store.put('locks/run.json', Buffer.from(JSON.stringify(held)));
  const answer = await stage.hubkeepWith(settings, 'backup', '--json');
  expect(answer.code).toBe(1);
  expect(answer.json()).toMatchObject({ error: { code: 'run.busy', message: expect.stringContaining('20300101T000000Z-abcd') } });
});
