import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brokenName } from '../../sandbox/share-generator/odd-names';
import { keysIn, openStage, type Stage } from './stage';
import { differences } from './trees';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});

afterAll(() => stage.close());

test('cat and tar alone make the share of a first backup', async () => {
  const hubkeep = stage.inContainer('without');
  const { code, document } = await hubkeep.json(['backup', '--components', 'fileshare']);
  expect(code).toBe(0);
  const packs = await download(hubkeep.store, `packs/${document.runId}/`);
  const restored = stage.path('unpacked');
  mkdirSync(restored);

  const tar = spawnSync('sh', ['-c', 'cat "$@" | tar --zstd -x -C "$0"', restored, ...packs]);

  expect({ status: tar.status, stderr: tar.stderr.toString() }).toEqual({ status: 0, stderr: '' });
  unescapeBrokenName(join(restored, 'odd/names'));
  expect(differences(stage.sandbox.share, restored)).toBe('');
});

/** Tar names are UTF-8: other bytes are stored as %XX. */
function unescapeBrokenName(directory: string) {
  const inside = (name: string | Buffer) => Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(name as string)]);
  renameSync(inside('broken%FF%FE%80.txt'), inside(brokenName));
}

/** In the order of their names, which is the order to unpack them in. */
async function download(store: Parameters<typeof keysIn>[0], prefix: string): Promise<string[]> {
  const directory = stage.path('packs');
  mkdirSync(directory);
  const files: string[] = [];
  for (const key of await keysIn(store, prefix)) {
    const file = join(directory, key.slice(prefix.length));
    writeFileSync(file, (await store.read(key)).content);
    files.push(file);
  }
  return files;
}
