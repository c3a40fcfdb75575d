import { createThrottledStore } from '../../src/adapters/throttled-store';
import type { Clock } from '../../src/ports/clock';
import { collect } from '../support/collect';
import { createMemoryBlobStore } from '../support/memory-blob-store';

const rate = 1_000_000;

/** Time passes only where somebody sleeps, and everybody sleeps at once. */
function createClock(): Clock & { elapsed(): number } {
  let now = 0;
  const sleepers: { until: number; resolve: () => void }[] = [];
  const advance = () => {
    const next = sleepers.sort((a, b) => a.until - b.until).shift();
    if (next === undefined) return;
    now = Math.max(now, next.until);
    next.resolve();
  };
  return {
    now: () => new Date(now),
    sleep: (ms) =>
      new Promise((resolve) => {
        sleepers.push({ until: now + ms, resolve });
        setImmediate(advance);
      }),
    elapsed: () => now,
  };
}

function createStage() {
  const memory = createMemoryBlobStore();
  const clock = createClock();
  return { memory, clock, store: createThrottledStore(memory, rate, clock) };
}

test('what is put, read and streamed takes its bytes divided by the rate, but for a quarter of a second', async () => {
  const { store, clock } = createStage();
  await store.put('a', Buffer.alloc(2 * rate));
  expect(clock.elapsed()).toBe(1_750);
  await store.read('a');
  expect(clock.elapsed()).toBe(3_750);
  await store.read('a', { offset: 0, length: rate });
  expect(clock.elapsed()).toBe(4_750);
  await collect(store.stream('a'));
  expect(clock.elapsed()).toBe(6_750);
  await store.putLarge('b', chunks(8, rate / 4));
  expect(clock.elapsed()).toBe(8_750);
});

test('requests that run side by side share the rate', async () => {
  const { store, clock } = createStage();
  await Promise.all([
    store.put('a', Buffer.alloc(rate)),
    store.put('b', Buffer.alloc(rate)),
    store.putLarge('c', chunks(4, rate / 4)),
  ]);
  expect(clock.elapsed()).toBe(2_750);
});

test('a pause is no credit for later', async () => {
  const { store, clock } = createStage();
  await clock.sleep(3_600_000);
  await store.put('a', Buffer.alloc(2 * rate));
  expect(clock.elapsed()).toBe(3_601_750);
});

test('content, conditions and hashes pass as they are; listings and properties take no time', async () => {
  const { store, memory, clock } = createStage();
  await memory.put('kept', Buffer.from('content'), { sha256: 'f'.repeat(64) });
  expect((await store.stat('kept')).sha256).toBe('f'.repeat(64));
  expect(await collect(store.list(''))).toHaveLength(1);
  expect((await store.read('kept', { offset: 1, length: 3 })).content.toString()).toBe('ont');
  await expect(store.put('kept', Buffer.from('other'), { onlyIfAbsent: true })).rejects.toMatchObject({ code: 'store.exists' });
  await store.remove('kept');
  expect(await collect(memory.list(''))).toEqual([]);
  expect(clock.elapsed()).toBe(0);
});

async function* chunks(count: number, size: number): AsyncGenerator<Buffer> {
  for (let i = 0; i < count; i++) yield Buffer.alloc(size);
}
