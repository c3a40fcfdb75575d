import { createSelection } from '../../src/recovery/restore/selection';

const segments = [
  { first: 'a', last: 'a/z/file' },
  { first: 'a.b', last: 'c/d/e' },
  { first: 'c/d/f', last: 'site1' },
  { first: 'site1/a', last: 'site1/y' },
  { first: 'site1/z', last: 'site2/b' },
];

function reached(...globs: string[]): number[] {
  const selection = createSelection(globs);
  return segments.flatMap((segment, i) => (selection.reaches(segment) ? [i] : []));
}

test.each([
  [['site1/b/file.txt'], [3]],
  [['site1'], [2, 3, 4]],
  [['site1/'], [2, 3, 4]],
  [['site1/**'], [2, 3, 4]],
  [['./site1/q/*.txt'], [3]],
  [['/site1/q/*.txt'], [3]],
  [['site1/z*'], [2, 3, 4]],
  [
    ['a/{b,c}/d', 'site2/*'],
    [0, 4],
  ],
  [['@scope/**'], []],
  [['zzz/file'], []],
  [['c/d/e'], [1]],
])('of the index only what can hold a match of %j is read', (globs, expected) => {
  expect(reached(...globs)).toEqual(expected);
});

test.each([['**/web.config'], ['*.txt'], ['!a/b'], ['{a,c}/x'], ['(a|b)/x'], ['a\\*b'], ['[ac]/x']])(
  'of the index everything is read for %s',
  (glob) => {
    expect(reached(glob)).toEqual([0, 1, 2, 3, 4]);
    expect(reached('a/x', glob)).toEqual([0, 1, 2, 3, 4]);
  },
);

test('no glob selects everything; a directory that matches brings all below it', () => {
  expect(createSelection([]).includes('any/path')).toBe(true);
  const { includes } = createSelection(['site*/wwwroot', '**/.git']);
  const paths = ['site1', 'site1/.git', 'site1/.git/HEAD', 'site1/wwwroot', 'site1/wwwroot/a/b', 'site1/wwwroot2', 'site2'];
  expect(paths.filter(includes)).toEqual(['site1/.git', 'site1/.git/HEAD', 'site1/wwwroot', 'site1/wwwroot/a/b']);
});
