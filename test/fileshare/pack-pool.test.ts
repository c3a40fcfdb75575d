import { createPackPool, type PackThreadHandle } from '../../src/fileshare/pack-pool';
import type { Credit, FromThread, ToThread } from '../../src/fileshare/pack-protocol';
import { createMemoryBlobStore } from '../support/memory-blob-store';

const GiB = 2 ** 30;

/** A thread that answers every message at once and remembers the files it was given. */
function createListener(given: number[]): PackThreadHandle {
  let answer: (message: FromThread) => void = () => undefined;
  return {
    postMessage(message: ToThread | Credit) {
      if (message.type === 'files') given.push(...message.files.map(({ id }) => id));
      if (message.type === 'finish') setImmediate(() => answer({ type: 'finished', stored: [] }));
      setImmediate(() => answer({ type: 'done' }));
    },
    on(event: string, listener: (value: never) => void) {
      if (event === 'message') answer = listener as (message: FromThread) => void;
    },
    terminate: () => Promise.resolve(),
  };
}

test('a file of any size is given to a thread', async () => {
  const given: number[] = [];
  const pool = createPackPool({
    store: createMemoryBlobStore(),
    spawn: () => createListener(given),
    threads: 3,
    data: { source: { kind: 'path', path: '/share' }, content: [] },
    packPrefix: 'run/box',
    onResult: () => undefined,
  });
  const sizes = [0, 8, 2 * GiB - 1, 2 * GiB, 2 * GiB + 8, 2 * GiB + 16, 3 * GiB + 8, 4 * GiB + 8, 5000 * GiB + 24];
  for (const [id, size] of sizes.entries()) await pool.submit({ id, path: `file-${id}`, size });
  await pool.finish();
  expect(given.sort((a, b) => a - b)).toEqual(sizes.map((_, id) => id));
});
