import { existsSync, readFileSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStage, type Hubkeep, type Stage } from './stage';
import { differences, entriesOf, filesIn } from './trees';

let stage: Stage;
let hubkeep: Hubkeep;
let backup: Awaited<ReturnType<Hubkeep['json']>>;

beforeAll(async () => {
  stage = await openStage();
  const fromTheFuture = join(stage.sandbox.share, 'odd/times/from-2100.txt');
  writeFileSync(fromTheFuture, 'not yet written\n');
  utimesSync(fromTheFuture, Date.UTC(2100, 0, 1) / 1000, Date.UTC(2100, 0, 1) / 1000);
  hubkeep = stage.inContainer('complete');
  backup = await hubkeep.json(['backup', '--reason', 'before the upgrade']);
});

afterAll(() => stage.close());

test('a backup of everything is a complete recovery point', async () => {
  expect(backup).toMatchObject({ code: 0, document: { status: 'complete', problems: [], warnings: [] } });
  const shown = await hubkeep.json(['show', 'latest']);
  expect(shown.document).toMatchObject({
    id: backup.document.recoveryPoint,
    sequence: 1,
    previous: null,
    outcome: 'complete',
    reason: 'before the upgrade',
    components: ['databases', 'fileshare', 'secrets'],
    fileshare: { counts: { files: filesIn(stage.sandbox.share).length, failed: 0, stale: 0 } },
  });
});

test('the list names the point with its size', async () => {
  const { code, document } = await hubkeep.json(['list']);
  expect(code).toBe(0);
  expect(document).toMatchObject([{ id: backup.document.recoveryPoint, sequence: 1, outcome: 'complete', marks: [] }]);
  expect(document[0].bytes).toBeGreaterThan(50 * 1024 * 1024);
});

test('the restored share is the share: content, links, empty directories', async () => {
  const restored = stage.path('restored-share');
  expect(await hubkeep.run(['restore', 'latest', '--fileshare', restored])).toMatchObject({ code: 0 });
  expect(differences(stage.sandbox.share, restored)).toBe('');
  expect(readdirSync(join(restored, 'odd/empty-directory'))).toEqual([]);
});

test('restored files and directories have their times to the millisecond', async () => {
  const restored = stage.path('restored-times');
  expect(await hubkeep.run(['restore', 'latest', '--fileshare', restored])).toMatchObject({ code: 0 });
  const timesIn = (root: string) =>
    new Map(entriesOf(root).flatMap(({ path, kind, modified }) => (kind === 'symlink' ? [] : [[path, modified]])));
  const before = timesIn(stage.sandbox.share);
  expect(before.size).toBeGreaterThan(1200);
  expect(timesIn(restored)).toEqual(before);
});

test('restored backups are byte for byte what SQL Server wrote, and gone from its disk', async () => {
  const restored = stage.path('restored-databases');
  expect(await hubkeep.run(['restore', 'latest', '--databases', restored])).toMatchObject({ code: 0 });
  const contents = (root: string) => filesBelow(root).map((file) => readFileSync(file));
  const sorted = (buffers: Buffer[]) => buffers.sort(Buffer.compare);
  const [written, got] = [sorted(contents(stage.written)), sorted(contents(restored))];
  expect(got.map(({ length }) => length)).toEqual(written.map(({ length }) => length));
  expect(got.every((content, index) => content.equals(written[index]!))).toBe(true);
  expect(got).toHaveLength(3);
  expect(readdirSync(stage.sandbox.sqlDirectory)).toEqual([]);
});

test('restored secrets are the file that was dropped, readable by its owner alone', async () => {
  const restored = stage.path('SystemSecrets.restored.JSON');
  expect(await hubkeep.run(['restore', 'latest', '--secrets', restored])).toMatchObject({ code: 0 });
  const dropped = stage.sandbox.settings['SYSTEM_SECRETS_PATH']!;
  expect(readFileSync(restored).equals(readFileSync(dropped))).toBe(true);
  expect(statSync(restored).mode & 0o777).toBe(0o600);
});

test('a dry run names every place it would write to, and writes to none', async () => {
  const places = ['share', 'databases', 'secrets.JSON'].map((name) => stage.path(`dry-${name}`));
  const [share = '', databases = '', secrets = ''] = places;
  const answer = await hubkeep.run(
    ['restore', 'latest', '--dry-run', '--json'].concat('--fileshare', share, '--databases', databases, '--secrets', secrets),
  );
  const said = JSON.parse(answer.stdout) as { databases: { files: { path: string; size: number }[] }[] };
  expect({ code: answer.code, ...said }).toMatchObject({
    ...{ code: 0, dryRun: true, missing: [] },
    fileshare: { directory: share, merged: { created: { files: expect.any(Number) } } },
    secrets: { file: secrets },
  });
  const files = said.databases.flatMap((database) => database.files);
  expect(files.map(({ path, size }) => [path.startsWith(databases), size > 0])).toEqual(files.map(() => [true, true]));
  expect([files.length, places.filter((place) => existsSync(place))]).toEqual([3, []]);
});

test('nothing is restored over what is there', async () => {
  const target = stage.path('restored-share');
  const again = await hubkeep.run(['restore', 'latest', '--fileshare', target]);
  expect(again.code).toBe(1);
  expect(again.stderr).toContain(target);
  expect(differences(stage.sandbox.share, target)).toBe('');
});

function filesBelow(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
