import { createHash } from 'node:crypto';
import { encodeContent, openContent, type StoredContent } from '../../src/repository/content-index';

function content(n: number): StoredContent {
  return {
    hash: createHash('sha256').update(String(n)).digest(),
    size: n * 1000,
    extent: { pack: `run/pack-${n % 3}`, offset: n * 5_000_000_000, length: n + 1, skip: n % 512 },
  };
}

const contents = Array.from({ length: 1000 }, (_, n) => content(n));

test('every content is found with its extent, in whichever file it is', () => {
  const index = openContent([encodeContent(contents.slice(0, 500)), encodeContent([]), encodeContent(contents.slice(500))]);
  for (const { hash, size, extent } of contents) expect(index.find(hash)).toEqual({ size, extent });
});

test('what was never stored is not found', () => {
  expect(openContent([encodeContent(contents)]).find(content(1001).hash)).toBeUndefined();
  expect(openContent([]).find(content(1).hash)).toBeUndefined();
});

test('the same contents give the same bytes in whatever order they come', () => {
  expect(
    encodeContent([...contents].reverse())
      .subarray(-64)
      .equals(encodeContent(contents).subarray(-64)),
  ).toBe(true);
});

test('sizes of large contents are known without reading them', () => {
  const index = openContent([encodeContent(contents)]);
  expect([998_000, 998_001].map((size) => index.hasLarge(size))).toEqual([true, false]);
});

test('a file that is cut or is something else is refused', () => {
  const bytes = encodeContent(contents);
  expect(() => openContent([bytes.subarray(0, -1)])).toThrow('damaged');
  expect(() => openContent([Buffer.from('something else entirely')])).toThrow('damaged');
});
