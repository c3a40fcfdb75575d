import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { hubkeepVersion } from '../../../src/contracts/version';
import { openStage, type Hubkeep, type Stage } from '../stage';
import { differences } from '../trees';
import { makePackages } from './packaged';

jest.setTimeout(240_000);

let place: string;
let stage: Stage;
let hubkeep: Hubkeep;

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'hubkeep-installed-'));
  const packaged = makePackages();
  // Without a cache and without a network: what is not in the file is not to be had.
  writeFileSync(join(place, 'package.json'), '{}');
  run('npm', [
    'install',
    '--offline',
    '--no-audit',
    '--cache',
    join(place, 'cache'),
    join(packaged.directory, 'hubkeep-cli.tgz'),
  ]);
  packaged.close();
  stage = await openStage({ files: 300 });
  hubkeep = stage.inContainer('packaged', join(place, 'node_modules', 'hubkeep', 'src', 'cli', 'main.js'));
});
afterAll(async () => {
  await stage.close();
  rmSync(place, { recursive: true });
});

function run(program: string, args: readonly string[]): string {
  const path = [dirname(process.execPath), process.env['PATH']].join(delimiter);
  const env = { PATH: path, HOME: place };
  return execFileSync(program, args, { cwd: place, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

test('it brings all it needs, and is there as a command', () => {
  expect(readdirSync(join(place, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['hubkeep']);
  const inside = readdirSync(join(place, 'node_modules', 'hubkeep'), { recursive: true });
  expect(inside).not.toContain('node_modules');
  // Beside the folder of the file that starts it; without it small files are read in another way, and nobody is told.
  expect(inside).toContain(join('src', 'share-worker.js'));
  expect(run('npx', ['--offline', 'hubkeep', '--help'])).toContain('rebuild-index');
  expect(run(join(place, 'node_modules', '.bin', 'hubkeep'), ['--version'])).toBe(`${hubkeepVersion}\n`);
  expect(run('npx', ['--offline', 'hubkeep', 'print-sql'])).toContain('BACKUP DATABASE');
});

test('it backs up a stamp, proves it and gives it back', async () => {
  expect(await hubkeep.json(['backup'])).toMatchObject({ code: 0, document: { status: 'complete', problems: [] } });
  expect(await hubkeep.run(['verify', 'latest', '--deep'])).toMatchObject({ code: 0 });

  const [share, databases, secrets] = [stage.path('share'), stage.path('databases'), stage.path('secrets.JSON')] as const;
  const parts = ['--fileshare', share, '--databases', databases, '--secrets', secrets];
  expect(await hubkeep.run(['restore', 'latest', ...parts])).toMatchObject({ code: 0 });
  expect(differences(stage.sandbox.share, share)).toBe('');
  expect(readFileSync(secrets).equals(readFileSync(stage.sandbox.settings['SYSTEM_SECRETS_PATH']!))).toBe(true);
  const contents = (root: string) =>
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name)))
      .sort(Buffer.compare);
  expect(contents(databases).length).toBe(3);
  expect(contents(databases).every((content, i) => content.equals(contents(stage.written)[i]!))).toBe(true);
});

test('it serves its status page', async () => {
  const key = 'a-key-of-sixteen-or-more';
  const { child, ended } = hubkeep.start(['serve', '--port', '0', '--json'], { SERVE_API_KEY: key });
  try {
    const said = await new Promise<string>((resolve) => child.stdout!.once('data', (text: string) => resolve(String(text))));
    const { url } = JSON.parse(said) as { url: string };
    const page = await fetch(`${url}/api/dashboard?code=${key}`);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<!doctype html>')]);
  } finally {
    child.kill('SIGINT');
    await ended;
  }
});
