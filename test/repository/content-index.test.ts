import { createHash } from 'node:crypto';
import { openContent, sortContents, type StoredContent } from '../../src/repository/content-index';
import { pagesOf } from '../../src/repository/content/sorted-contents';
import { writeContent } from '../../src/repository/content/write-content';
import { createMemoryBlobStore } from '../support/memory-blob-store';

function content(n: number): StoredContent {
  return {
    hash: createHash('sha256').update(String(n)).digest(),
    size: n * 1000,
    extent: { pack: `run/pack-${n % 300}`, offset: n * 5_000_000_000, length: n + 1, skip: n % 512 },
  };
}

const contents = Array.from({ length: 1000 }, (_, n) => content(n));

async function encode(some: readonly StoredContent[]): Promise<Buffer> {
  const store = createMemoryBlobStore();
  await writeContent(store, 'content.bin', pagesOf(sortContents(some)));
  return (await store.read('content.bin')).content;
}

test('every content is found with its extent, in whichever file it is', async () => {
  const files = [await encode(contents.slice(0, 500)), await encode([]), await encode(contents.slice(500))];
  const index = openContent(files);
  for (const { hash, size, extent } of contents) expect(index.find(hash)).toEqual({ size, extent });
});

test('what was never stored is not found', async () => {
  expect(openContent([await encode(contents)]).find(content(1001).hash)).toBeUndefined();
  expect(openContent([]).find(content(1).hash)).toBeUndefined();
});

test('the same contents give the same records in whatever order they come', async () => {
  const records = (file: Buffer) => file.subarray(0, 32);
  expect(records(await encode([...contents].reverse())).equals(records(await encode(contents)))).toBe(true);
});

test('sizes of large contents are known without reading them', async () => {
  expect([...openContent([await encode(contents)]).sizesFrom(998_000)].sort()).toEqual([998_000, 999_000]);
});

test('a file that is cut or is something else is refused', async () => {
  const bytes = await encode(contents);
  expect(() => openContent([bytes.subarray(0, -1)])).toThrow('damaged');
  expect(() => openContent([Buffer.from('something else entirely')])).toThrow('damaged');
});
