import { comparePaths } from '../../src/contracts/share-path';
import { createPathList } from '../../src/recovery/path-list';
import { createSelection } from '../../src/recovery/restore/selection';

const share = ['a', 'a/b', 'a/b/c', 'a/b.txt', 'a.b', 'a.b/x', 'ab', 'site', 'site/[id]', 'site/[id]/page', 'site/*', 'z'].sort(
  comparePaths,
);

function chosen(paths: readonly string[], globs: readonly string[] = []) {
  const selection = createSelection(globs, createPathList(paths));
  return { found: share.filter(selection.includes), notFound: selection.notFound() };
}

test.each([
  [['a/b'], ['a/b', 'a/b/c'], []],
  [['a/b/c', 'a/b'], ['a/b', 'a/b/c'], []],
  [['a/b/c', 'z', 'a/b/d'], ['a/b/c', 'z'], ['a/b/d']],
  [['site/[id]'], ['site/[id]', 'site/[id]/page'], []],
  [['site/*'], ['site/*'], []],
  [['A'], [], ['A']],
  [['./z', '/z', 'z/', 'z'], ['z'], []],
  [['..', 'a/../z', '', '!'], share, ['!', '..', 'a/../z']],
  [['.'], share, []],
])('the list %j selects exactly its paths and what is below them', (paths, found, notFound) => {
  expect(chosen(paths)).toEqual({ found, notFound });
});

test('a list and globs select what either selects', () => {
  expect(chosen(['z', 'nowhere'], ['a.b'])).toEqual({ found: ['a.b', 'a.b/x', 'z'], notFound: ['nowhere'] });
});

test('of the index only segments that can hold something of the list are read', () => {
  const segments = [
    { first: 'a', last: 'a/z/file' },
    { first: 'a.b', last: 'c/d/e' },
    { first: 'c/d/f', last: 'site1' },
    { first: 'site1/a', last: 'site1/y' },
    { first: 'site1/z', last: 'site2/b' },
  ];
  const reached = (...paths: string[]) => {
    const { reaches } = createSelection([], createPathList(paths));
    return segments.flatMap((segment, i) => (reaches(segment) ? [i] : []));
  };
  expect(reached('site1/b/file.txt')).toEqual([3]);
  expect(reached('site1')).toEqual([2, 3, 4]);
  expect(reached('c/d')).toEqual([1, 2]);
  expect(reached('a.', 'zzz')).toEqual([]);
  expect(reached('a/b', 'site2')).toEqual([0, 4]);
  expect(reached('.')).toEqual([0, 1, 2, 3, 4]);
});

test('two lists of the same paths are the same, in whatever order and however they are written', () => {
  const { hash } = createPathList(['b', 'a/c']);
  expect(createPathList(['./a/c/', 'b', 'b']).hash).toBe(hash);
  expect(createPathList(['b', 'a']).hash).not.toBe(hash);
});
