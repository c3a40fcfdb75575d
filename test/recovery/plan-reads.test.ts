import { planReads, type StoredFile } from '../../src/recovery/restore/plan-reads';

const MiB = 1024 * 1024;

function file(pack: string, [offset, length]: readonly [number, number], skip = 0): StoredFile {
  const hash = `sha256:${'0'.repeat(64)}`;
  return {
    path: `${pack}-${offset}-${skip}`,
    type: 'file',
    mtime: '0.000000000',
    size: 1,
    hash,
    extent: { pack, offset, length, skip },
  };
}

test('neighbours are fetched with one request, and files of one extent stand together', () => {
  const reads = planReads([file('a', [300, 100]), file('a', [0, 200], 7), file('b', [5, 5]), file('a', [0, 200], 3)]);
  expect(reads.map(({ pack, range }) => [pack, range])).toEqual([
    ['a', { offset: 0, length: 400 }],
    ['b', { offset: 5, length: 5 }],
  ]);
  expect(reads[0]?.parts).toMatchObject([
    { extents: [{ offset: 0, files: [{ path: 'a-0-3' }, { path: 'a-0-7' }] }, { offset: 300 }] },
  ]);
});

test('a gap that costs more than a request is not read', () => {
  const reads = planReads([file('a', [0, 100]), file('a', [200_000, 100]), file('a', [MiB, 100])]);
  expect(reads.map(({ range }) => range)).toEqual([
    { offset: 0, length: 200_100 },
    { offset: MiB, length: 100 },
  ]);
});

test('a whole pack is one request, worked off in parts', () => {
  const files = Array.from({ length: 100 }, (_, i) => file('a', [i * 300_000, 300_000]));
  const reads = planReads(files);
  expect(reads).toHaveLength(1);
  expect(reads[0]?.parts.length).toBeGreaterThan(25);
  expect(reads[0]?.parts.flatMap(({ extents }) => extents)).toHaveLength(100);
  for (const { range } of reads[0]?.parts ?? []) expect(range.length).toBeLessThanOrEqual(MiB);
});

test('no request is larger than what a pack may be', () => {
  const files = Array.from({ length: 100 }, (_, i) => file('a', [i * MiB, MiB]));
  const reads = planReads(files);
  expect(reads.map(({ range }) => range.length)).toEqual([32 * MiB, 32 * MiB, 32 * MiB, 4 * MiB]);
});

test('extents that share a frame are in one part, which holds both', () => {
  const reads = planReads([
    file('a', [0, 3 * MiB]),
    file('a', [2.5 * MiB, MiB]),
    file('a', [2.6 * MiB, 100]),
    file('a', [3.5 * MiB, 10]),
  ]);
  const parts = reads.flatMap(({ parts }) => parts);
  expect(parts.map(({ range }) => range)).toEqual([
    { offset: 0, length: 3.5 * MiB },
    { offset: 3.5 * MiB, length: 10 },
  ]);
});
