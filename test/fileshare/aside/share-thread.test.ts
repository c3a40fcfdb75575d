import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import {
  appendFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createLocalFiles } from '../../../src/adapters/local-files/local-files';
import { startShareThread, type ShareThread } from '../../../src/fileshare/aside/start-share-thread';
import type { FileTask } from '../../../src/fileshare/file-task';
import { spawnShareThread } from '../../support/share-thread';

let root: string;
let thread: ShareThread;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hubkeep-thread-'));
  thread = startShareThread(spawnShareThread, root);
});
afterEach(async () => {
  await thread.close();
  rmSync(root, { recursive: true });
});

function write(path: string, content: string | Buffer) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

/** As the listing shows them now. */
async function tasksOf(paths: readonly string[]): Promise<FileTask[]> {
  const source = createLocalFiles(root);
  const tasks = paths.map(async (path, id) => {
    const entries = await source.list(dirname(path) === '.' ? '' : dirname(path));
    const seen = entries.find(({ name }) => name === path.slice(path.lastIndexOf('/') + 1));
    if (seen === undefined) throw new Error(`${path} is not there`);
    return { id, path, seen };
  });
  return Promise.all(tasks);
}

/** @returns for each file its content and hash, or nothing where it was left. */
async function read(tasks: readonly FileTask[]) {
  const taken: ({ content: string; sha256: string } | undefined)[] = [];
  await thread.read(tasks, (i, file) => {
    taken[i] = file && { content: file.content.toString('latin1'), sha256: file.sha256.toString('hex') };
  });
  expect(taken).toHaveLength(tasks.length);
  return taken;
}

const sha256 = (content: string) => createHash('sha256').update(content, 'latin1').digest('hex');

test('files are read whole, each with its own hash', async () => {
  const contents = ['a', 'x'.repeat(70_000), 'ü', 'last'];
  contents.forEach((content, i) => {
    write(`dir ${i}/é\u{1F600}.txt`, Buffer.from(content, 'latin1'));
  });
  const taken = await read(await tasksOf(contents.map((_, i) => `dir ${i}/é\u{1F600}.txt`)));
  expect(taken).toEqual(contents.map((content) => ({ content, sha256: sha256(content) })));
});

test('more batches than there is memory for are each read, one after another', async () => {
  const paths = Array.from({ length: 600 }, (_, i) => `${i}.txt`);
  paths.forEach((path) => {
    write(path, path);
  });
  const tasks = await tasksOf(paths);
  for (let at = 0; at < tasks.length; at += 50) {
    const taken = await read(tasks.slice(at, at + 50));
    expect(taken.map((file) => file?.content)).toEqual(paths.slice(at, at + 50));
  }
});

test('a batch for which no memory is free is left to whoever asked', async () => {
  write('file', 'content');
  const tasks = await tasksOf(['file']);
  const asked = Array.from({ length: 4 }, () => read(tasks));
  expect(thread.mayRead()).toBe(false);
  expect((await Promise.all(asked)).flat().filter((file) => file === undefined)).toHaveLength(1);
  expect(thread.mayRead()).toBe(true);
});

const changes: readonly [string, (path: string) => void][] = [
  ['has grown', (path) => appendFileSync(path, 'more')],
  ['has shrunk', (path) => truncateSync(path, 2)],
  ['has vanished', (path) => unlinkSync(path)],
  [
    'became a link',
    (path) => {
      renameSync(path, `${path}.real`);
      symlinkSync(`${path}.real`, path);
    },
  ],
  [
    'became a directory',
    (path) => {
      unlinkSync(path);
      mkdirSync(path);
    },
  ],
  [
    'was written anew with as many bytes',
    (path) => {
      unlinkSync(path);
      writeFileSync(path, 'CONTENT');
    },
  ],
];

test.each(changes)('a file that %s since it was listed is left, and the others of its batch are read', async (_what, change) => {
  for (const path of ['before', 'middle', 'z after']) write(path, 'content');
  const tasks = await tasksOf(['before', 'middle', 'z after']);
  const listed = lstatSync(join(root, 'middle')).ctimeMs;
  while (Date.now() <= listed + 5) await new Promise((resolve) => setTimeout(resolve, 1));
  change(join(root, 'middle'));
  const [before, middle, after] = await read(tasks);
  expect(middle).toBeUndefined();
  expect([before?.content, after?.content]).toEqual(['content', 'content']);
});

test('when the thread ends, what is asked and what will be is left to whoever asked', async () => {
  write('file', 'content');
  const tasks = await tasksOf(['file']);
  const asked = read(tasks);
  await thread.close();
  expect(await asked).toEqual([undefined]);
  expect(await read(tasks)).toEqual([undefined]);
});

/** Breaks once it has been asked something. */
function startBroken(): ShareThread {
  const events = new EventEmitter();
  const handle = {
    postMessage: () => setImmediate(() => events.emit('error', new Error('out of memory'))),
    on: (event: string, listener: (value: never) => void) => events.on(event, listener as (value: unknown) => void),
    terminate: () => Promise.resolve(),
  };
  return startShareThread(() => handle, root);
}

test('a thread that breaks leaves every file to whoever asked', async () => {
  const broken = startBroken();
  write('file', 'content');
  const taken: unknown[] = [];
  await broken.read(await tasksOf(['file']), (_, file) => taken.push(file));
  await broken.read(await tasksOf(['file']), (_, file) => taken.push(file));
  expect(taken).toEqual([undefined, undefined]);
});

test('a thread that breaks under all batches it has memory for may be asked for the next, which waits for nothing', async () => {
  const broken = startBroken();
  write('file', 'content');
  const tasks = await tasksOf(['file']);
  const taken: unknown[] = [];
  await Promise.all(Array.from({ length: 3 }, () => broken.read(tasks, (_, file) => taken.push(file))));
  expect(broken.mayRead()).toBe(true);
  await broken.read(tasks, (_, file) => taken.push(file));
  expect(taken).toEqual([undefined, undefined, undefined, undefined]);
});
