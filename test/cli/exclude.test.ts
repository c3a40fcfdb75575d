import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStage, type Stage } from './stage';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  writeFileSync(join(stage.share, 'site1', 'trace.log'), 'left out');
});
afterAll(() => stage.close());

const settings = { FILE_SHARE_EXCLUDE: '**/*.{log,trace}, site0/wwwroot/bin' };

test('a backup leaves out what FILE_SHARE_EXCLUDE matches, says how much and by which globs, and is complete', async () => {
  expect((await stage.hubkeep('backup')).code).toBe(0);
  const backup = await stage.hubkeepWith(settings, 'backup');
  expect(backup.code).toBe(0);
  expect(backup.stdout).toMatch(/^fileshare .*\(0 new, 0 changed, 41 removed, 2 excluded\)/m);
  expect((await stage.hubkeep('show', 'latest')).stdout).toMatch(
    /^Excluded +2 entries, by \*\*\/\*\.\{log,trace\}, site0\/wwwroot\/bin$/m,
  );
  const { fileshare } = (await stage.hubkeep('show', 'latest', '--json')).json();
  expect(fileshare).toMatchObject({ excludes: ['**/*.{log,trace}', 'site0/wwwroot/bin'], counts: { excluded: 2, failed: 0 } });

  const target = join(stage.work, 'restored');
  const restored = await stage.hubkeep('restore', 'latest', '--fileshare', target);
  expect([restored.code, restored.stdout]).toEqual([
    0,
    expect.stringContaining('FILE_SHARE_EXCLUDE named (**/*.{log,trace}, site0/wwwroot/bin), 2 in all'),
  ]);
  expect(existsSync(join(target, 'site0/wwwroot/web.config'))).toBe(true);
  expect(existsSync(join(target, 'site0/wwwroot/bin'))).toBe(false);
  expect(existsSync(join(target, 'site1/trace.log'))).toBe(false);
  expect((await stage.hubkeep('verify', 'latest', '--deep')).code).toBe(0);
});

test('globs that leave nothing of the share make no point and name the setting', async () => {
  const answer = await stage.hubkeepWith({ FILE_SHARE_EXCLUDE: '*' }, 'backup');
  expect(answer.code).toBe(1);
  expect(answer.stdout).toContain('FILE_SHARE_EXCLUDE leaves nothing of the share');
});

test('bad globs are refused before anything is done, each with its place', async () => {
  const { code, stdout, stderr } = await stage.hubkeepWith({ FILE_SHARE_EXCLUDE: '**/*.log,[a,/b' }, 'backup');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/FILE_SHARE_EXCLUDE: glob 2, \[a, .*; glob 3, \/b, /);
});
