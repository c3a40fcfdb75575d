import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { readText, recipeFiles, root, withProgram } from './recipes';

const units = recipeFiles().filter((file) => /^deploy\/systemd\/.*\.(service|timer|mount)$/.test(file));
const commands = units.filter((unit) => /hubkeep-(backup|drill|serve)\.service$/.test(unit));

/** The values a unit gives a setting, in their order. */
function valuesOf(unit: string, setting: string): string[] {
  return [...readText(unit).matchAll(new RegExp(`^${setting}=(.*)$`, 'gm'))].map(([, value = '']) => value);
}

test('a partial night fails its unit, whatever starts it, and somebody is told', () => {
  expect(commands).toHaveLength(3);
  for (const unit of commands) {
    expect(valuesOf(unit, 'SuccessExitStatus')).toEqual([]);
    expect(valuesOf(unit, 'ExecStart')).toEqual([expect.not.stringMatching(/^-|\|\||;/)]);
    expect(valuesOf(unit, 'OnFailure')).toEqual(['hubkeep-failed@%n.service']);
  }
});

test('the server and the timers keep each other out', () => {
  const timers = units.filter((unit) => unit.endsWith('.timer')).map((unit) => basename(unit));
  expect(valuesOf('deploy/systemd/hubkeep-serve.service', 'Conflicts').flatMap((value) => value.split(' '))).toEqual(timers);
});

test('settings reach the program as a credential, and never through the environment', () => {
  for (const unit of commands) {
    expect(valuesOf(unit, 'LoadCredential')).toEqual(['hubkeep.env:/etc/hubkeep/hubkeep.env']);
    expect(valuesOf(unit, 'ExecStart')[0]).toMatch(/ --env-file \$\{CREDENTIALS_DIRECTORY\}\/hubkeep\.env$/);
    expect([...valuesOf(unit, 'Environment'), ...valuesOf(unit, 'EnvironmentFile')]).toEqual([]);
  }
});

test('a share that does not come up costs the share and not the night', () => {
  for (const unit of commands) {
    for (const setting of ['Requires', 'RequiresMountsFor', 'BindsTo', 'Requisite']) expect(valuesOf(unit, setting)).toEqual([]);
  }
  expect(valuesOf('deploy/systemd/mnt-websites.mount', 'Options')[0]?.split(',')).toEqual(
    expect.arrayContaining(['ro', 'seal', 'vers=3.1.1']),
  );
});

test('a run that hangs ends as a failed unit before the next night', () => {
  for (const name of ['backup', 'drill'])
    expect(valuesOf(`deploy/systemd/hubkeep-${name}.service`, 'TimeoutStartSec')).toEqual(['23h']);
});

test('a server that fails again and again reaches the limit of its starts', () => {
  const unit = 'deploy/systemd/hubkeep-serve.service';
  const [starts, pause] = ['StartLimitBurst', 'RestartSec'].map((setting) => Number(valuesOf(unit, setting)[0]));
  const [, minutes] = /^(\d+)min$/.exec(valuesOf(unit, 'StartLimitIntervalSec')[0] ?? '') ?? [];
  expect(starts).toBeGreaterThan(1);
  // With as long again for each start to fail.
  expect(Number(starts) * Number(pause) * 2).toBeLessThanOrEqual(Number(minutes) * 60);
  expect(readText(unit).indexOf('StartLimit')).toBeLessThan(readText(unit).indexOf('[Service]'));
});

withProgram('systemd-analyze')('with systemd-analyze', () => {
  let machine: string;
  const own = '/etc/systemd/system';

  /** A root with the units of systemd itself and programs where ours expect them. */
  beforeAll(() => {
    machine = mkdtempSync(join(tmpdir(), 'hubkeep-systemd-'));
    mkdirSync(join(machine, own), { recursive: true });
    cpSync('/usr/lib/systemd/system', join(machine, 'usr/lib/systemd/system'), { recursive: true, verbatimSymlinks: true });
    symlinkSync('usr/lib', join(machine, 'lib'));
    for (const unit of units) cpSync(join(root, unit), join(machine, own, basename(unit)));
    cpSync(join(root, 'deploy/systemd/hubkeep-failed@.service'), join(machine, own, 'hubkeep-failed@x.service'));
    for (const program of ['opt/hubkeep/bin/hubkeep', 'usr/bin/logger']) {
      mkdirSync(join(machine, program, '..'), { recursive: true });
      writeFileSync(join(machine, program), '#!/bin/sh\n', { mode: 0o755 });
    }
  });
  afterAll(() => {
    rmSync(machine, { recursive: true });
  });

  function analyze(args: readonly string[], unit: string) {
    const name = basename(unit).replace('@.', '@x.');
    const { status, stdout, stderr } = spawnSync('systemd-analyze', [...args, `--root=${machine}`, `${own}/${name}`], {
      encoding: 'utf8',
    });
    // It also has something to say of units that are not ours, and of those that no package here has.
    const ours = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('hubkeep-') || line.includes('mnt-'));
    return { status, ours };
  }

  test.each(units)('%s is sound', (unit) => {
    expect(analyze(['verify', '--man=no'], unit)).toEqual({ status: 0, ours: [] });
  });

  test('a setting that systemd does not know is found', () => {
    const wrong = readText('deploy/systemd/hubkeep-backup.service').replace('ProtectSystem=', 'ProtectSytem=');
    writeFileSync(join(machine, own, 'hubkeep-wrong.service'), wrong);
    expect(analyze(['verify', '--man=no'], 'hubkeep-wrong.service').ours).toEqual([expect.stringContaining("'ProtectSytem'")]);
  });

  test.each(commands)('%s is exposed to little', (unit) => {
    expect(analyze(['security', '--offline=true', '--threshold=20'], unit)).toMatchObject({ status: 0 });
  });

  test.each(units.filter((unit) => unit.endsWith('.timer')))('%s starts in UTC', (unit) => {
    const [when = ''] = valuesOf(unit, 'OnCalendar');
    expect(when).toMatch(/ UTC$/);
    expect(spawnSync('systemd-analyze', ['calendar', when]).status).toBe(0);
  });
});
