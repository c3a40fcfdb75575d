import { mkdirSync, rmSync } from 'node:fs';
import { unreadableInARow } from '../../src/fileshare/gone-watch';
import { createShareStage, type ShareStage } from './share-stage';

const sites = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'];
let stage: ShareStage;

beforeEach(async () => {
  stage = await createShareStage();
  for (const site of sites) {
    stage.write(`sites/${site}/index.html`, `<p>${site}</p>`);
    stage.write(`sites/${site}/more/web.config`, '<configuration/>');
  }
});

afterEach(() => {
  stage.dispose();
});

/** Nothing that a commit could take for a finished box. */
async function expectNothingOf(code: string) {
  const results = await keysIn('runs/');
  const failure = await stage.backUp().catch((error: unknown) => error);
  expect(failure).toMatchObject({ code, ...(code === 'share.gone' ? { retryable: true } : {}) });
  expect(await keysIn('runs/')).toEqual(results);
}

async function keysIn(prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of stage.store.list(prefix)) keys.push(key);
  return keys;
}

function whenListing(path: string, happens: () => void) {
  stage.faults.onList = (directory) => {
    if (directory === path) happens();
  };
}

describe.each([
  ['a first night', 0],
  ['a later night', 1],
])('on %s', (_, before) => {
  beforeEach(async () => {
    if (before === 1) await stage.backUp();
  });

  test('a share that is unmounted in the middle, so that an empty directory is left, is a failure', async () => {
    whenListing('sites/f', () => {
      rmSync(stage.share, { recursive: true });
      mkdirSync(stage.share);
    });
    await expectNothingOf('share.empty');
  });

  test('a share that is removed in the middle is a failure', async () => {
    whenListing('sites/f', () => rmSync(stage.share, { recursive: true }));
    await expectNothingOf('share.not-found');
    mkdirSync(stage.share);
  });

  test('a directory that fails because the server went away ends the box', async () => {
    stage.faults.unlistable.set('sites/l/more', 'share.gone');
    await expectNothingOf('share.gone');
  });

  test('an entry that cannot be looked at because the server went away ends the box', async () => {
    stage.faults.unstattable.set('sites/l/more', 'share.gone');
    await expectNothingOf('share.gone');
  });

  test('a file that fails because the server went away ends the box, be it the last of all', async () => {
    stage.write('sites/l/more/web.config', '<changed/>', new Date('2024-04-01T12:00:00Z'));
    stage.faults.unopenable.set('sites/l/more/web.config', 'share.gone');
    await expectNothingOf('share.gone');
  });

  test('an input error is the share, not the directory, when the root does not answer either', async () => {
    stage.faults.unlistable.set('sites/b', 'share.unreadable');
    stage.faults.onList = (directory) => {
      if (directory === 'sites/b') stage.faults.rootless = 'share.gone';
      // By the end of the box it answers again.
      if (directory === 'sites/l') stage.faults.rootless = undefined;
    };
    await expectNothingOf('share.gone');
  });

  test('input errors one after another are the share, although its root still answers', async () => {
    for (const site of sites.slice(0, unreadableInARow)) stage.faults.unlistable.set(`sites/${site}`, 'share.unreadable');
    await expectNothingOf('share.gone');
  });
});

test('some directories with input errors between others that answer are listed, and the rest is backed up', async () => {
  await stage.backUp();
  for (const site of sites) stage.faults.unlistable.set(`sites/${site}/more`, 'share.unreadable');
  const { counts, failed } = await stage.backUp();
  expect(counts).toMatchObject({ files: 2 * sites.length, stale: sites.length, failed: sites.length, removed: 0 });
  expect(failed.first[0]).toMatchObject({ path: 'sites/a/more', code: 'share.unreadable', keptEarlier: true });
});

test('a share that answers again is backed up by the next try', async () => {
  stage.faults.unlistable.set('sites/f', 'share.gone');
  await expectNothingOf('share.gone');
  stage.faults.unlistable.clear();
  expect((await stage.backUp()).counts).toMatchObject({ files: 2 * sites.length, failed: 0 });
});
