import { comparePaths } from '../../src/contracts/share-path';
import { cutAfter, cutBehindAllOf, cutEvenly, partitionAt, pathsAround } from '../../src/fileshare/cuts';

/** In path order, with names that sort otherwise as whole strings or by UTF-16, and one that is not UTF-8. */
const paths = [
  'a',
  'a/!',
  'a/b',
  'a/b/c',
  'a/b.x',
  'a\x01',
  'a.b',
  'a.b/c',
  'b',
  '\udc80z',
  '\udc80z/x',
  'é',
  '\uffee',
  '\u{1f600}',
];

function holds({ after, before }: { after?: string; before?: string }, path: string): boolean {
  return (after === undefined || comparePaths(path, after) > 0) && (before === undefined || comparePaths(path, before) < 0);
}

test('the list above is in path order', () => {
  expect(paths.toSorted(comparePaths)).toEqual(paths);
});

test.each(paths.slice(0, -1))('a cut after %j lies between it and the next path, whatever that is', (path) => {
  const at = paths.indexOf(path);
  for (const [i, other] of paths.entries()) expect(comparePaths(other, cutAfter(path)) < 0).toBe(i <= at);
});

test.each(['a', 'a/b', 'a.b', '\udc80z'])('a cut behind all of %j leaves everything below it on the same side', (path) => {
  for (const other of paths) {
    const isBefore = comparePaths(other, path) <= 0 || other.startsWith(`${path}/`);
    expect(comparePaths(other, cutBehindAllOf(path)) < 0).toBe(isBefore);
  }
});

test('every path falls into exactly one partition, also one that the cuts were not made from', () => {
  const cuts = [cutAfter('a'), cutAfter('a/b'), cutBehindAllOf('a/b'), cutBehindAllOf('a.b'), cutAfter('\udc80z')];
  const partitions = Array.from({ length: cuts.length + 1 }, (_, number) => partitionAt(cuts, number));
  const unseen = ['A', 'a/0', 'a/b/\x01', 'a/b/zz', 'a0', 'zz', '\udc80z/y', '\udc81', '\u{1f601}/deep'];
  for (const path of [...paths, ...unseen])
    expect(partitions.filter((partition) => holds(partition, path))).toEqual([expect.anything()]);
});

test('what lies between cuts is about equal work', () => {
  const stretches = Array.from({ length: 1000 }, (_, i) => ({ end: cutAfter(String(i).padStart(4, '0')), weight: 1 + (i % 7) }));
  const cuts = cutEvenly(stretches, 12);
  expect(cuts).toHaveLength(11);
  const works = Array.from({ length: 12 }, (_, number) =>
    stretches.filter(({ end }) => holds(partitionAt(cuts, number), end.slice(0, 4))).reduce((sum, { weight }) => sum + weight, 0),
  );
  expect(Math.max(...works) - Math.min(...works)).toBeLessThanOrEqual(14);
});

test('one stretch that is most of the work does not leave slivers behind it', () => {
  const stretches = [100, 1, 1, 1, 1].map((weight, i) => ({ end: cutAfter(`${i}`), weight }));
  expect(cutEvenly(stretches, 4)).toEqual([cutAfter('0')]);
});

test.each([[[]], [[{ end: cutAfter('a'), weight: 5 }]]])('%j cannot be cut', (stretches) => {
  expect(cutEvenly(stretches, 8)).toEqual([]);
});

test('the paths around a cut are those that must be directories for anything to be below it', () => {
  expect(pathsAround(cutAfter('a/b/c'))).toEqual(['a', 'a/b', 'a/b/c']);
  expect(pathsAround(cutBehindAllOf('a/b'))).toEqual(['a']);
});
