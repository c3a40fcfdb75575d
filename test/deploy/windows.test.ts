import { spawnSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { readText, recipes, withProgram } from './recipes';

const windows = join(recipes, 'windows');
const tasks = ['backup', 'drill'] as const;

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what it holds is what a test asserts
function taskOf(name: string): any {
  const parser = new XMLParser({ ignoreAttributes: false, parseTagValue: false });
  return parser.parse(readText(`deploy/windows/hubkeep-${name}.xml`)).Task;
}

test.each(tasks)('the task %s is well-formed, in the namespace of the task scheduler', (name) => {
  expect(XMLValidator.validate(readText(`deploy/windows/hubkeep-${name}.xml`))).toBe(true);
  expect(taskOf(name)).toMatchObject({
    '@_version': '1.4',
    '@_xmlns': 'http://schemas.microsoft.com/windows/2004/02/mit/task',
    RegistrationInfo: { URI: `\\Hubkeep\\${name}` },
  });
});

test.each(tasks)('the task %s runs without a logon, once at a time, late rather than never, and not for ever', (name) => {
  const { Settings, Principals, Actions } = taskOf(name);
  expect(Settings).toMatchObject({
    ...{ MultipleInstancesPolicy: 'IgnoreNew', StartWhenAvailable: 'true', ExecutionTimeLimit: 'PT23H' },
    ...{ DisallowStartIfOnBatteries: 'false', RunOnlyIfIdle: 'false', Enabled: 'true' },
  });
  expect(Principals.Principal).toMatchObject({ LogonType: 'Password', RunLevel: 'LeastPrivilege' });
  expect(Actions['@_Context']).toBe(Principals.Principal['@_id']);
  // Tries again only what could not be started; a night that ended badly is told, not repeated.
  expect(Settings.RestartOnFailure).toBeUndefined();
});

test('tasks start in UTC, on the day and at the hour of the defaults', () => {
  const starts = tasks.map((name) => taskOf(name).Triggers.CalendarTrigger.StartBoundary as string);
  expect(starts.map((start) => start.slice(10))).toEqual(['T02:00:00Z', 'T06:00:00Z']);
  expect(taskOf('drill').Triggers.CalendarTrigger.ScheduleByWeek.DaysOfWeek).toEqual({ Sunday: '' });
});

test.each(tasks)('the task %s runs the script that its registration copies', (name) => {
  const { Command, Arguments } = taskOf(name).Actions.Exec;
  expect(Command).toMatch(/\\powershell\.exe$/);
  expect(Arguments).toMatch(new RegExp(`-File "C:\\\\Program Files\\\\Hubkeep\\\\Invoke-Hubkeep\\.ps1" ${name}$`));
});

test('the script that the tasks run is no downloaded file any more once it is in its place', () => {
  const lines = readText('deploy/windows/Register-Hubkeep.ps1').split('\n');
  const copied = lines.findIndex((line) => /^Copy-Item .*'Invoke-Hubkeep\.ps1'\) -Destination \$Program$/.test(line));
  const unblocked = lines.indexOf("Unblock-File -LiteralPath (Join-Path $Program 'Invoke-Hubkeep.ps1')");
  expect(copied).toBeGreaterThan(0);
  expect(unblocked).toBeGreaterThan(copied);
});

withProgram('pwsh')('with PowerShell', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'hubkeep-pwsh-'));
    mkdirSync(join(directory, 'program dir'));
    writeFileSync(join(directory, 'program dir/package.json'), JSON.stringify({ bin: { hubkeep: 'cli/main.js' } }));
    mkdirSync(join(directory, 'program dir/cli'));
    const program =
      "console.log(process.argv.slice(2).join(' ')); console.error('on stderr'); process.exit(Number(process.env.ENDS_WITH));";
    writeFileSync(join(directory, 'program dir/cli/main.js'), program);
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  function invoke(endsWith: string, node = process.execPath) {
    const data = mkdtempSync(join(directory, 'data '));
    const args = ['backup', '-Program', join(directory, 'program dir'), '-Data', data, '-Node', node];
    const { status } = spawnSync('pwsh', ['-NoProfile', '-File', join(windows, 'Invoke-Hubkeep.ps1'), ...args], {
      env: { ...process.env, ENDS_WITH: endsWith, ProgramData: directory },
    });
    const logs = join(data, 'logs');
    return { status, data, logs: readdirSync(logs).map((name) => readFileSync(join(logs, name), 'utf8')) };
  }

  test.each(['0', '1', '2', '3'])('exit code %s is passed on, and what was said is kept', (code) => {
    const { status, data, logs } = invoke(code);
    expect(status).toBe(Number(code));
    expect(logs).toEqual([expect.stringContaining(`backup --env-file ${join(data, 'hubkeep.env')}`)]);
    expect(logs[0]).toContain('on stderr');
  });

  test('a program that is not there is a failure', () => {
    expect(invoke('0', join(directory, 'no-node'))).toMatchObject({ status: 1, logs: [expect.stringContaining('no-node')] });
  });

  test.each(['Invoke-Hubkeep.ps1', 'Register-Hubkeep.ps1'])('%s can be parsed', (script) => {
    const parse = `$e = $null; [void][System.Management.Automation.Language.Parser]::ParseFile('${join(windows, script)}', [ref] $null, [ref] $e); $e.Count`;
    expect(spawnSync('pwsh', ['-NoProfile', '-Command', parse], { encoding: 'utf8' }).stdout.trim()).toBe('0');
  });
});
