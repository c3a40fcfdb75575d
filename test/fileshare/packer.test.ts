import { HubkeepError } from '../../src/errors/hubkeep-error';
import type { FileResult, FileTask } from '../../src/fileshare/file-task';
import { limits } from '../../src/fileshare/limits';
import { createPacker } from '../../src/fileshare/packer';
import type { Clock } from '../../src/ports/clock';
import type { FileSource, OpenFile } from '../../src/ports/file-source';
import { openContentIndex } from '../../src/repository/content/open-content-index';
import { createMemoryBlobStore } from '../support/memory-blob-store';
import { createVirtualClock } from '../support/virtual-clock';

const mtime = '1700000000.000000000';

/** A source whose every file holds the text `files` has for it, answered by promise. */
function sourceOf(files: ReadonlyMap<string, string>): FileSource {
  return {
    location: 'a test',
    check: () => Promise.resolve(),
    list: () => [],
    readNow: () => undefined,
    async readWhole(path, { seen }) {
      await new Promise((resolve) => setImmediate(resolve));
      return { content: Buffer.from(files.get(path) ?? ''), state: seen, changed: false };
    },
    open: () => Promise.reject(new Error('not asked for')),
  };
}

function packerOf(source: FileSource, results: FileResult[], clock = createVirtualClock()) {
  const store = createMemoryBlobStore();
  return createPacker({
    thread: () => undefined,
    source,
    store,
    earlier: openContentIndex(store, []),
    clock,
    packPrefix: 'run/box',
    signal: new AbortController().signal,
    onResult: (result) => results.push(result),
  });
}

test('a large file written just before its long reading began is racy', async () => {
  const clock = createVirtualClock();
  const state = { size: limits.streamed, mtime: `${(clock.now().getTime() - 1000) / 1000}.000000000` };
  const open = (): OpenFile => {
    let left = state.size;
    return {
      ...state,
      async read(into) {
        await clock.sleep(10_000);
        const bytes = Math.min(into.length, left);
        left -= bytes;
        return bytes;
      },
      close: () => ({ ...state, changed: false }),
    };
  };
  const results: FileResult[] = [];
  const packer = packerOf({ ...sourceOf(new Map()), open }, results, clock);
  await packer.submit({ id: 1, path: 'large.bin', seen: state });
  await packer.settle(() => results.length === 1);
  expect(results).toMatchObject([{ status: 'copied', racy: true }]);
});

test('files whose source answers later are all stored, equal ones once', async () => {
  const files = new Map(Array.from({ length: 500 }, (_, i) => [`${i}.txt`, `content ${i % 200}`]));
  const results: FileResult[] = [];
  const packer = packerOf(sourceOf(files), results);
  let id = 0;
  for (const [path, text] of files) {
    const task: FileTask = { id: id++, path, seen: { size: text.length, mtime } };
    await packer.submit(task);
  }
  const stored = await packer.finish();
  expect([...stored.entries]).toHaveLength(200);
  expect(results.map((result) => result.id).sort((a, b) => a - b)).toEqual(Array.from(files, (_, i) => i));
  expect(results.filter((result) => result.status === 'copied' && result.reused === 'linked')).toHaveLength(300);
});

test('files are taken after others were waited for', async () => {
  const results: FileResult[] = [];
  const packer = packerOf(sourceOf(new Map()), results);
  for (let id = 0; id < 3; id++) {
    await packer.submit({ id, path: `${id}.txt`, seen: { size: 0, mtime } });
    await packer.settle(() => results.length === id + 1);
  }
  expect(results).toHaveLength(3);
});

test('a locked file is tried again while others are copied', async () => {
  let refusals = 2;
  let openIsRead: () => void = () => undefined;
  const wait = new Promise<void>((resolve) => (openIsRead = resolve));
  const source = sourceOf(new Map([['open.txt', 'open']]));
  const locked: FileSource = {
    ...source,
    async readWhole(path, options) {
      if (path === 'locked.txt' && refusals-- > 0) throw new HubkeepError('share.locked', 'locked by the test');
      if (path === 'open.txt') openIsRead();
      return source.readWhole(path, options);
    },
  };
  const results: FileResult[] = [];
  const clock: Clock = { ...createVirtualClock(), sleep: () => wait };
  const packer = packerOf(locked, results, clock);
  await packer.submit({ id: 1, path: 'locked.txt', seen: { size: 0, mtime } });
  await packer.submit({ id: 2, path: 'open.txt', seen: { size: 4, mtime } });
  await packer.finish();
  expect(results.map(({ status }) => status)).toEqual(['copied', 'copied']);
});
