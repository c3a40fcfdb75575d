import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { openStage, type Stage } from './stage';

const files = 1_500;
let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  for (let i = 0; i < files; i++) {
    const folder = join(stage.share, `big${i % 5}`, `folder${i % 53}`);
    mkdirSync(folder, { recursive: true });
    const place = join(folder, `file${i}.bin`);
    writeFileSync(place, randomBytes(3_000));
    utimesSync(place, 0, 1_500_000_000 + i * 1.001);
  }
  writeFileSync(join(stage.share, 'big2', 'large.bin'), randomBytes(10 * 1024 * 1024));
  symlinkSync('big2', join(stage.share, 'big0', 'link'));
  expect((await stage.hubkeep('backup')).code).toBe(0);
});
afterAll(() => stage.close());

function namesIn(target: string): string[] {
  return existsSync(target) ? readdirSync(target, { recursive: true, encoding: 'utf8' }) : [];
}

interface Killed {
  readonly target: string;
  readonly options?: readonly string[];
}

/** Starts a slow restore and kills it as soon as the target shows what is waited for. */
async function killWhen({ target, options = [] }: Killed, isSeen: (names: readonly string[]) => boolean): Promise<void> {
  const main = require.resolve('../../src/cli/main');
  const common = ['--fileshare', target, '--env-file', join(stage.work, 'hubkeep.env'), ...options];
  const args = ['--', main, 'restore', 'latest', ...common];
  const child = spawn(process.execPath, args, { env: { FILE_SHARE_MAX_MBPS: '4' }, stdio: 'ignore' });
  const closed = once(child, 'close');
  while (child.exitCode === null && !isSeen(namesIn(target))) await delay(5);
  child.kill('SIGKILL');
  expect(await closed).toEqual([null, 'SIGKILL']);
}

/** The same entries, contents and times as the share. */
function expectEqual(target: string) {
  execFileSync('diff', ['-r', '--no-dereference', stage.share, target]);
  const names = namesIn(stage.share).sort();
  expect(namesIn(target).sort()).toEqual(names);
  for (const name of names) {
    if (lstatSync(join(stage.share, name)).isSymbolicLink()) continue;
    const times = [stage.share, target].map((root) => lstatSync(join(root, name), { bigint: true }).mtimeNs / 1_000_000n);
    expect([name, times[1]]).toEqual([name, times[0]]);
  }
}

test('a restore killed five times and started again ends as one that was left alone', async () => {
  const target = join(stage.work, 'killed');
  const isFile = (name: string) => name.endsWith('.bin');
  const started = (names: readonly string[]) => names.some((name) => name.startsWith('.hubkeep-restore-'));
  const more = (count: number) => (names: readonly string[]) => names.filter(isFile).length >= count;
  const moments = [
    started,
    (names: readonly string[]) => names.some((name) => name.endsWith('.part')),
    more(100),
    more(500),
    more(900),
  ];
  for (const moment of moments) {
    await killWhen({ target }, moment);
    expect(started(namesIn(target))).toBe(true);
    const large = join(target, 'big2', 'large.bin');
    if (existsSync(large)) expect(lstatSync(large).size).toBe(10 * 1024 * 1024);
  }

  const other = await stage.hubkeep('restore', 'latest', '--fileshare', target, '--include', 'big1/**');
  expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('with another --include')]);

  const answer = await stage.hubkeep('restore', 'latest', '--fileshare', target, '--json');
  expect(answer.stderr).toContain('restoring the file share from where it broke off');
  const fresh = await stage.hubkeep('restore', 'latest', '--fileshare', join(stage.work, 'fresh'), '--json');
  const { directory: _, ...restored } = answer.json().fileshare;
  expect({ code: answer.code, ...fresh.json().fileshare }).toMatchObject({ code: 0, ...restored });

  expectEqual(target);
  const again = await stage.hubkeep('restore', 'latest', '--fileshare', target);
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('is not empty')]);
});

test('so does one that replaces what is there, and no file is ever torn', async () => {
  const target = join(stage.work, 'replaced');
  const old = Buffer.alloc(5_000, 'old');
  for (let i = 0; i < files; i++) {
    const folder = join(target, `big${i % 5}`, `folder${i % 53}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `file${i}.bin`), old);
  }
  writeFileSync(join(target, 'big2', 'large.bin'), old);
  const options = ['--overwrite', 'always'];
  const placesOf = (root: string) => namesIn(root).filter((name) => name.endsWith('.bin') && name.includes('file'));
  const replaced = () => placesOf(target).filter((name) => lstatSync(join(target, name)).size === 3_000).length;
  const started = (names: readonly string[]) => names.some((name) => name.startsWith('.hubkeep-restore-'));
  const moments = [
    started,
    (names: readonly string[]) => names.some((name) => name.endsWith('.part')),
    ...[100, 500, 900].map((count) => () => replaced() >= count),
  ];
  for (const moment of moments) {
    await killWhen({ target, options }, moment);
    expect(started(namesIn(target))).toBe(true);
    for (const name of placesOf(target)) {
      const now = readFileSync(join(target, name));
      expect([name, now.equals(old) || now.equals(readFileSync(join(stage.share, name)))]).toEqual([name, true]);
    }
    expect([old.length, 10 * 1024 * 1024]).toContain(lstatSync(join(target, 'big2', 'large.bin')).size);
  }
  expect(replaced()).toBeLessThan(files);
  const other = await stage.hubkeep('restore', 'latest', '--fileshare', target);
  expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('with another --overwrite')]);
  const answer = await stage.hubkeep('restore', 'latest', '--fileshare', target, ...options);
  expect([answer.code, answer.stderr]).toEqual([0, expect.stringContaining('from where it broke off')]);
  expectEqual(target);
});
