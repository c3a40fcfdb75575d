import { randomBytes } from 'node:crypto';
import type { BlobReference } from '../../../src/contracts/recovery-point';
import { compactContents, mostContentFiles } from '../../../src/repository/content/compact-contents';
import { openContentIndex } from '../../../src/repository/content/open-content-index';
import { collect } from '../../support/collect';
import { countRequests } from '../../support/counting-store';
import { createMemoryBlobStore } from '../../support/memory-blob-store';
import { flipBit, isRight, someContents, type StoredContent, writeFile } from './support';

const MiB = 1024 * 1024;
const runId = '20261122T020000Z-7f3a';

async function wrongAnswers(
  store: ReturnType<typeof createMemoryBlobStore>,
  files: BlobReference[],
  contents: readonly StoredContent[],
) {
  const index = openContentIndex(store, files);
  let wrong = 0;
  for (const content of contents) {
    if (!isRight(await index.find(content.hash), content)) wrong += 1;
  }
  return wrong;
}

test('what the boxes of a run stored becomes one file with every content in it, of equal ones the older', async () => {
  const store = createMemoryBlobStore();
  const boxes = [someContents(60_000, 'a'), someContents(40_000, 'b'), someContents(257, 'c')];
  const twice = boxes[0]!.slice(0, 1000).map(({ hash }, n) => ({ ...boxes[1]![n]!, hash }));
  const added = await Promise.all(
    [boxes[0]!, [...boxes[1]!, ...twice], boxes[2]!].map((contents, n) => writeFile(store, `content/box/${n}.bin`, contents)),
  );
  const files = await compactContents({ store, runId, earlier: [], added });
  expect(files).toMatchObject([{ key: expect.stringMatching(`^content/${runId}/merged-`) }]);
  expect(await store.stat(files[0]!.key)).toMatchObject({ size: files[0]!.size, sha256: files[0]!.sha256 });
  expect(await wrongAnswers(store, files, boxes.flat())).toBe(0);
  expect(await openContentIndex(store, files).find(randomBytes(32))).toBeUndefined();
});

test('files too large to be held are merged page by page', async () => {
  const store = createMemoryBlobStore();
  const boxes = Array.from({ length: 12 }, (_, n) => someContents(n === 3 ? 80_000 : 1000, `box${n}`));
  const added = await Promise.all(boxes.map((contents, n) => writeFile(store, `content/box/${n}.bin`, contents)));
  const { store: counted, requests } = countRequests(store);
  const files = await compactContents({ store: counted, runId, earlier: [], added });
  expect(requests.filter((request) => request === `read ${added[3]!.key}`).length).toBeGreaterThan(10);
  expect(await wrongAnswers(store, files, boxes.flat())).toBe(0);
});

test('a run that stored nothing changes nothing and asks for nothing', async () => {
  const { store, requests } = countRequests(createMemoryBlobStore());
  const earlier = [{ key: 'content/x.bin', size: 5, sha256: 'f'.repeat(64) }];
  expect(await compactContents({ store, runId, earlier, added: [] })).toEqual(earlier);
  expect(requests).toEqual([]);
});

test('after many nights there are few files, what was stored is found, and little was written for it', async () => {
  const store = createMemoryBlobStore();
  const all = someContents(60_000, 'first');
  let files = [await writeFile(store, 'content/first.bin', all)];
  let bytes = 0;
  let most = 0;
  for (let night = 0; night < 150; night++) {
    const contents = someContents(night % 30 === 0 ? 6000 : 1 + (night % 7), `night${night}`);
    all.push(...contents);
    const added = [await writeFile(store, `content/${night}/box.bin`, contents)];
    const before = files;
    files = await compactContents({ store, runId: `night${night}`, earlier: files, added });
    const written = files.filter(({ key }) => !before.some((file) => file.key === key)).reduce((sum, { size }) => sum + size, 0);
    bytes += written;
    most = Math.max(most, files.length);
  }
  expect(most).toBeLessThanOrEqual(mostContentFiles);
  // A night writes at most three times the smallest size that counts, but where tiers fall together.
  expect(bytes / 150).toBeLessThan(3 * MiB);
  expect(await wrongAnswers(store, files, all)).toBe(0);
});

test('where there would be too many files, the last two are merged however much they differ in size', async () => {
  const store = createMemoryBlobStore();
  const older = Array.from({ length: 7 }, (_, n) => ({
    key: `content/${n}.bin`,
    size: 4 ** (20 - n) * MiB,
    sha256: 'f'.repeat(64),
  }));
  const [large, small] = [someContents(52_000, 'large'), someContents(3, 'small')];
  const earlier = [...older, await writeFile(store, 'content/large.bin', large)];
  const added = [await writeFile(store, 'content/small.bin', small)];
  const files = await compactContents({ store, runId, earlier, added });
  expect(files.slice(0, 7)).toEqual(older);
  expect(files).toHaveLength(mostContentFiles);
  expect(await wrongAnswers(store, files.slice(7), [...large, ...small])).toBe(0);
  expect(await compactContents({ store, runId, earlier: earlier.slice(1), added })).toEqual([...earlier.slice(1), ...added]);
});

test('done twice, also at once, it makes one blob', async () => {
  const store = createMemoryBlobStore();
  const boxes = [someContents(5000, 'a'), someContents(3000, 'b')];
  const added = await Promise.all(boxes.map((contents, n) => writeFile(store, `content/box/${n}.bin`, contents)));
  const once = () => compactContents({ store, runId, earlier: [], added });
  const [one, other] = await Promise.all([once(), once()]);
  expect(other).toEqual(one);
  const { store: counted, requests } = countRequests(store);
  expect(await compactContents({ store: counted, runId, earlier: [], added })).toEqual(one);
  expect(requests).toEqual([`stat ${one[0]!.key}`]);
  expect(await collect(store.list(`content/${runId}/`))).toHaveLength(1);
});

test('a file that is damaged or gone is left out, so that no later run meets it again', async () => {
  const store = createMemoryBlobStore();
  const boxes = [someContents(5000, 'a'), someContents(3000, 'b'), someContents(2000, 'c'), someContents(1000, 'd')];
  const added = await Promise.all(boxes.map((contents, n) => writeFile(store, `content/box/${n}.bin`, contents)));
  await flipBit(store, added[1]!.key, 100);
  await store.remove(added[3]!.key);
  const files = await compactContents({ store, runId, earlier: [], added });
  expect(files).toHaveLength(1);
  expect(await wrongAnswers(store, files, [...boxes[0]!, ...boxes[2]!])).toBe(0);
  expect(await openContentIndex(store, files).find(boxes[1]![0]!.hash)).toBeUndefined();
});

test('sizes of large contents outlive a merge', async () => {
  const store = createMemoryBlobStore();
  const boxes = [20, 30].map((size) => someContents(300, `${size}`).map((content) => ({ ...content, size: size * MiB })));
  const added = await Promise.all(boxes.map((contents, n) => writeFile(store, `content/box/${n}.bin`, contents)));
  const index = openContentIndex(store, await compactContents({ store, runId, earlier: [], added }));
  expect(await Promise.all([20, 25, 30].map(async (size) => index.hasLarge(size * MiB)))).toEqual([true, false, true]);
});
