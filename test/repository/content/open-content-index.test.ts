import { randomBytes } from 'node:crypto';
import type { HubkeepError } from '../../../src/errors/hubkeep-error';
import { openContentIndex } from '../../../src/repository/content/open-content-index';
import { countRequests } from '../../support/counting-store';
import { createMemoryBlobStore } from '../../support/memory-blob-store';
import { answerOf, flipBit, isRight, someContents, type StoredContent, writeFile } from './support';

const KiB = 1024;
const MiB = 1024 * KiB;
const memory = createMemoryBlobStore();
const files = [someContents(150_000, 'run1'), someContents(40_000, 'run2'), someContents(3_000, 'run3'), someContents(1, 'run4')];
// What two boxes stored at the same moment is in both of their files.
files[1]!.push(...files[0]!.slice(0, 500).map(({ hash }, n) => ({ ...files[1]![n]!, hash })));
const oracle = new Map<string, StoredContent>();
for (const content of files.flat()) if (!oracle.has(key(content.hash))) oracle.set(key(content.hash), content);
let references: Awaited<ReturnType<typeof writeFile>>[];

beforeAll(async () => {
  references = await Promise.all(files.map((contents, n) => writeFile(memory, `content/${n}.bin`, contents)));
});

function key(hash: Buffer): string {
  return hash.toString('latin1');
}

function open(options: { memory?: number; onDamaged?: (error: HubkeepError) => void } = {}, from = references) {
  const { store, requests } = countRequests(memory);
  return { index: openContentIndex(store, from, options), requests };
}

// Little memory means a request for every question: then a share of the questions has to do.
test.each([
  [48 * MiB, 1],
  [1 * MiB, 7],
  [256 * KiB, 37],
  [4 * KiB, 101],
])('with %d bytes of memory every answer is right, and they suffice', async (limit, step) => {
  const { index } = open({ memory: limit });
  let most = 0;
  let wrong = 0;
  const stored = [...oracle.values()];
  for (let n = 0; n < stored.length; n += step) {
    const content = stored[n]!;
    if (!isRight(await index.find(content.hash), content)) wrong += 1;
    if ((await index.find(randomBytes(32))) !== undefined) wrong += 1;
    most = Math.max(most, index.bytes());
  }
  expect(wrong).toBe(0);
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(limit);
});

test('before the first question nothing is read, and with nothing stored nothing ever is', async () => {
  const { index, requests } = open();
  expect(index.bytes()).toBe(0);
  expect(requests).toEqual([]);
  const none = open({}, []);
  expect([none.index.find(randomBytes(32)), none.index.hasLarge(20 * MiB)]).toEqual([undefined, false]);
  expect(none.requests).toEqual([]);
  await Promise.all([index.find(randomBytes(32)), index.find(randomBytes(32)), index.hasLarge(1)]);
  expect(requests.sort()).toEqual(references.map(({ key }) => `read ${key}`));
});

test('new content is known as new at once, and a filter that is mistaken costs one request and no wrong answer', async () => {
  const { index, requests } = open({ memory: 8 * MiB });
  await index.find(randomBytes(32));
  const before = requests.length;
  let late = 0;
  const asked = 50_000;
  for (let n = 0; n < asked; n++) {
    const answer = index.find(randomBytes(32));
    if (answer === undefined) continue;
    late += 1;
    expect(await answer).toBeUndefined();
  }
  expect(late).toBeGreaterThan(0);
  expect(late).toBeLessThan(asked / 100);
  // Both filters are mistaken about the same content now and then.
  expect(requests.length - before).toBeLessThanOrEqual(late * 1.1);
});

test('folded filters are mistaken more often, and still spare most requests', async () => {
  const { index } = open({ memory: 300 * KiB });
  await index.find(randomBytes(32));
  let late = 0;
  for (let n = 0; n < 2000; n++) {
    const answer = index.find(randomBytes(32));
    if (answer !== undefined) late += 1;
    expect(await answer).toBeUndefined();
  }
  expect(late).toBeGreaterThan(2000 / 100);
  expect(late).toBeLessThan(2000 / 4);
});

test('of what is asked for at the same moment a page is read once', async () => {
  const { index, requests } = open({ memory: 4 * MiB });
  await index.find(randomBytes(32));
  const before = requests.length;
  const { hash } = files[0]![77_777]!;
  const answers = await Promise.all(Array.from({ length: 50 }, async () => index.find(hash)));
  expect(answers.every((answer) => answer?.size === 77_778)).toBe(true);
  // One for the page, one for the names of packs.
  expect(requests.length - before).toBe(2);
  expect(index.find(hash)).toEqual(answerOf(files[0]![77_777]!));
});

test('hashes that begin alike are found on whichever page they are', async () => {
  const contents = someContents(3000, 'alike');
  for (const { hash } of contents.slice(500, 2500)) hash.fill(0x77, 0, 4);
  const reference = await writeFile(memory, 'content/alike.bin', contents);
  const { index } = open({ memory: 64 * KiB }, [reference]);
  for (const content of contents) expect(await index.find(content.hash)).toEqual(answerOf(content));
  const other = randomBytes(32).fill(0x77, 0, 4);
  expect(await index.find(other)).toBeUndefined();
});

test('sizes of large contents are known, and only of those', async () => {
  const contents = someContents(2000, 'large').map((content, n) => ({ ...content, size: 16 * MiB - 1000 + (n % 1500) }));
  const large = await writeFile(memory, 'content/large.bin', contents);
  const { index } = open({}, [references[2]!, large]);
  const asked = [16 * MiB, 16 * MiB + 499, 16 * MiB - 1, 16 * MiB + 500, 3000];
  expect(await Promise.all(asked.map(async (size) => index.hasLarge(size)))).toEqual([true, true, false, false, false]);
  const crowded = open({ memory: 16 * KiB }, [large]).index;
  expect(await crowded.hasLarge(16 * MiB + 500)).toBe(true);
});

test('a load that failed is tried anew', async () => {
  let failures = 1;
  const { store } = countRequests(memory);
  const read: typeof store.read = async (key, range) => {
    if (failures-- > 0) throw new Error('the line is down');
    return memory.read(key, range);
  };
  const index = openContentIndex({ ...store, read }, references);
  await expect(index.find(files[2]![5]!.hash)).rejects.toThrow('the line is down');
  expect(await index.find(files[2]![5]!.hash)).toEqual(answerOf(files[2]![5]!));
});

describe('a damaged file', () => {
  const contents = someContents(20_000, 'damaged');
  const sorted = [...contents].sort((a, b) => a.hash.compare(b.hash));
  const places: [string, number, number][] = [
    ['in its first page, held whole', 40, 48 * MiB],
    ['in its first page, read by range', 40, 256 * KiB],
    ['in its names of packs', 20_000 * 64 + 79 * 4 + 20, 256 * KiB],
    ['in its directory', -400, 256 * KiB],
    ['in its footer', -10, 256 * KiB],
    ['in its magic', -1, 256 * KiB],
  ];

  test.each(places)('%s is named', async (_where, at, limit) => {
    const reference = await writeFile(memory, `content/damaged${at}-${limit}.bin`, contents);
    await flipBit(memory, reference.key, at);
    const { index } = open({ memory: limit }, [reference]);
    const asking = Promise.resolve(index.find(sorted[0]!.hash));
    await expect(asking).rejects.toMatchObject({ code: 'format.damaged', message: expect.stringContaining(reference.key) });
  });

  test.each([[48 * MiB], [256 * KiB]])('that is missing or cut is named too (%d bytes of memory)', async (limit) => {
    const reference = await writeFile(memory, `content/cut-${limit}.bin`, contents);
    const { content } = await memory.read(reference.key);
    for (const change of [() => memory.put(reference.key, content.subarray(0, -100_000)), () => memory.remove(reference.key)]) {
      await change();
      const { index } = open({ memory: limit }, [reference]);
      const asking = Promise.resolve(index.find(sorted[0]!.hash));
      await expect(asking).rejects.toMatchObject({ code: 'format.damaged', message: expect.stringContaining(reference.key) });
    }
  });

  test.each(places)('%s is told of once where that is asked for, and the others still answer', async (where, at, limit) => {
    const reference = await writeFile(memory, `content/${where}.bin`, contents);
    await flipBit(memory, reference.key, at);
    const told: string[] = [];
    const { index } = open({ memory: limit, onDamaged: (error) => told.push(error.message) }, [reference, references[2]!]);
    const answers = await Promise.all(
      [...sorted.slice(0, 3), ...files[2]!.slice(0, 3)].map(async ({ hash }) => index.find(hash)),
    );
    expect(answers.slice(3)).toEqual(files[2]!.slice(0, 3).map(answerOf));
    expect(answers.slice(0, 3)).toEqual([undefined, undefined, undefined]);
    expect(told).toEqual([expect.stringContaining(reference.key)]);
  });
});
