import {
  bytesToPath,
  comparePaths,
  isEscaped,
  isWithin,
  pathToBytes,
  printablePath,
  shownPath,
} from '../../src/contracts/share-path';

/** The order the format asks for, spelled out: byte by byte within a name, a shorter list of names first. */
function byComponents(a: string, b: string): number {
  const left = a.split('/').map(pathToBytes);
  const right = b.split('/').map(pathToBytes);
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = (left[i] ?? Buffer.alloc(0)).compare(right[i] ?? Buffer.alloc(0));
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

test('paths sort component by component over bytes, where JavaScript and a plain byte sort would not', () => {
  const sorted = ['a', 'a/b', 'a/b/c', 'a b', 'a.b', 'a0', 'é', '\uFFFD', '\u{1F600}', '\udcff'];
  const shuffled = [...sorted].reverse();
  expect(shuffled.sort(comparePaths)).toEqual(sorted);
});

test('the order agrees with its definition for every pair of awkward paths', () => {
  const names = [
    'a',
    'aa',
    'a.b',
    'a-',
    'é',
    'e\u0301',
    '\uE000',
    '\uFFFD',
    '\u{10000}',
    '\u{1F600}x',
    '\udc80',
    'a\udcff',
    '~',
    ' ',
  ];
  const paths = [...names, ...names.flatMap((x) => names.map((y) => `${x}/${y}`))];
  for (const a of paths) {
    for (const b of paths) expect(Math.sign(comparePaths(a, b))).toBe(Math.sign(byComponents(a, b)));
  }
});

test('every name survives the way to a string and back, UTF-8 or not', () => {
  const names = [
    [0x61],
    [0xc3, 0xa9],
    [0xff, 0xfe],
    [0x61, 0x80, 0x62],
    [0xef, 0xbf, 0xbd],
    [0xf0, 0x9f, 0x98, 0x80],
    [0xed, 0xa0, 0x80],
    [0xc0, 0xaf],
  ];
  for (const bytes of names) expect([...pathToBytes(bytesToPath(Buffer.from(bytes)))]).toEqual(bytes);
});

test('only names that are not UTF-8 count as escaped, and they are shown byte by byte', () => {
  const broken = bytesToPath(Buffer.from([0x61, 0xff]));
  expect(isEscaped(broken)).toBe(true);
  expect(printablePath(`dir/${broken}`)).toBe('dir/a%FF');
  expect(isEscaped('plain \u{1F600} \uFFFD')).toBe(false);
});

test('a path is shown on one line, whatever characters it has', () => {
  expect(shownPath('a\nb/\t\u001b[31m\u007f\u0085 ü/c')).toBe('a%0Ab/%09%1B[31m%7F%85 ü/c');
  expect(shownPath(bytesToPath(Buffer.from([0x0a, 0xff])))).toBe('%0A%FF');
});

test('a path lies within a directory by whole names only', () => {
  expect(isWithin('a/b', 'a')).toBe(true);
  expect(isWithin('a', 'a')).toBe(true);
  expect(isWithin('ab', 'a')).toBe(false);
  expect(isWithin('anything', '')).toBe(true);
});
