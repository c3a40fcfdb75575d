import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { changeShare } from '../../sandbox/share-generator/change-share';
import { brokenName } from '../../sandbox/share-generator/odd-names';
import { keysIn, openStage, type Hubkeep, type Stage } from './stage';
import { copyTree, differences, entriesOf } from './trees';

const page = readFileSync(join(__dirname, '../../../docs/restore-without-hubkeep.md'), 'utf8');
const blocks = [...page.matchAll(/^```(sh|python) ?(\S*)\n([^]*?)^```$/gm)].map(([, language, name = '', text = '']) => ({
  ...{ language, name, text },
}));

const missing = ['zstd', 'python3', 'sha256sum'].filter((program) => spawnSync(program, ['--version']).error !== undefined);
if (missing.length > 0 && process.env['CI'] === 'true') throw new Error(`${missing.join(', ')} needed in CI`);
if (missing.length > 0) console.info(`Skipped: ${missing.join(', ')} not installed`);
const withPrograms = missing.length > 0 ? describe.skip : describe;

let stage: Stage;
let hubkeep: Hubkeep;
let first: string;
let second: string;
let asItWas: string;

/** As `az storage blob download-batch` does. */
async function fetchAll({ store }: Hubkeep, directory: string): Promise<void> {
  for (const key of await keysIn(store)) {
    const file = join(directory, key);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, (await store.read(key)).content);
  }
}

/** The page's own commands that hold a word, where its reader runs them. */
function runBlocks(word: string, point: string) {
  const commands = blocks.filter(({ language, text }) => language === 'sh' && text.includes(word)).map(({ text }) => text);
  expect(commands).toHaveLength(1);
  const { status, stdout, stderr } = spawnSync('sh', ['-ec', commands.join('\n')], {
    cwd: stage.path('work'),
    env: { PATH: process.env['PATH'], POINT: point },
  });
  return { status, stdout: stdout.toString(), stderr: stderr.toString() };
}

withPrograms('by the page alone', () => {
  beforeAll(async () => {
    stage = await openStage({ files: 200 });
    hubkeep = stage.inContainer('without');
    first = (await hubkeep.json(['backup'])).document.recoveryPoint;
    asItWas = stage.path('as-it-was');
    copyTree(stage.sandbox.share, asItWas);
    await changeShare(stage.sandbox.share);
    second = (await hubkeep.json(['backup', '--components', 'fileshare'])).document.recoveryPoint;
    await fetchAll(hubkeep, stage.path('work/store'));
    for (const { name, text } of blocks.filter(({ language }) => language === 'python'))
      writeFileSync(stage.path(`work/${name}`), text);
  });

  afterAll(() => stage.close());

  test('the page has the commands that are run here, and no others but those that need Azure', () => {
    expect(blocks.map(({ language, name }) => `${language} ${name}`.trim())).toEqual([
      'sh',
      'sh',
      'python restore-databases.py',
      'sh',
      'python restore-share.py',
      'sh',
    ]);
    expect(runBlocks('ls store', first).stdout.split('\n')).toEqual(expect.arrayContaining([first, second]));
  });

  test('a record is checked against its digest', () => {
    expect(runBlocks('sha256sum', first)).toMatchObject({ status: 0, stdout: 'recovery-point.json: OK\n' });
  });

  test('backup files are proven, and a damaged one is told', async () => {
    const good = runBlocks('restore-databases', first);
    expect(good.status).toBe(0);
    expect(good.stdout.match(/^RESTORE DATABASE \[\w+\] FROM DISK = N'.*\.bak' WITH CHECKSUM, REPLACE;/gm)).toHaveLength(3);
    const { items } = (await hubkeep.json(['show', first])).document.databases;
    const file = stage.path(`work/store/${items[0].files[0].key}`);
    const content = readFileSync(file);
    const spoilt = Buffer.from(content);
    spoilt[spoilt.length >> 1]! ^= 1;
    writeFileSync(file, spoilt);
    expect(runBlocks('restore-databases', first)).toMatchObject({ status: 1, stdout: expect.stringContaining('DAMAGED') });
    writeFileSync(file, content);
  });

  test.each([
    ['the first point', () => ({ point: first, tree: asItWas })],
    ['a later point', () => ({ point: second, tree: stage.sandbox.share })],
  ])('the share of %s comes back with every name, content and time', (_which, of) => {
    const { point, tree } = of();
    const restored = runBlocks('restore-share', point);
    expect(restored).toEqual({ status: 0, stdout: '0 damaged files\n', stderr: '' });
    const share = stage.path(`share-${point}`);
    renameSync(stage.path('work/share'), share);
    expect(differences(tree, share)).toBe('');
    const sorted = (root: string) => entriesOf(root).sort((a, b) => (a.path < b.path ? -1 : 1));
    expect(sorted(share)).toEqual(sorted(tree));
  });

  test('cat and tar alone make the share of a first backup', async () => {
    const packs = (await keysIn(hubkeep.store, `packs/${first}/`)).map((key) => stage.path(`work/store/${key}`));
    const restored = stage.path('unpacked');
    mkdirSync(restored);

    const tar = spawnSync('sh', ['-c', 'cat "$@" | tar --zstd -x -C "$0"', restored, ...packs]);

    expect({ status: tar.status, stderr: tar.stderr.toString() }).toEqual({ status: 0, stderr: '' });
    unescapeBrokenName(join(restored, 'odd/names'));
    expect(differences(asItWas, restored)).toBe('');
  });
});

/** Tar names are UTF-8: other bytes are stored as %XX. */
function unescapeBrokenName(directory: string) {
  const inside = (name: string | Buffer) => Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(name as string)]);
  renameSync(inside('broken%FF%FE%80.txt'), inside(brokenName));
}
