import { isUnsafe, safePath } from '../../../src/adapters/local-target/safe-path';

const places = { root: '/target', reserved: '.hubkeep-restore-x' };

test.each(['', '.', '..', '/etc/passwd', 'a/', 'a//b', 'a/./b', 'a/../b', '../b', 'a/..', 'a\0b'])(
  '%j is unsafe everywhere',
  (path) => {
    expect(isUnsafe(path, false)).toBe(true);
    expect(isUnsafe(path, true)).toBe(true);
    expect(() => safePath(places, path)).toThrow(expect.objectContaining({ code: 'restore.unsafe-path' }));
  },
);

test.each([
  ...['C:/x', 'C:x', 'a\\b', '..\\b', '\\\\server\\share', 'file.txt:stream', 'a/con', 'NUL', 'com1.txt', 'a/LPT9.tar.gz/b'],
  ...['COM²', 'prn .txt', 'aux ', 'conin$', 'a./b', 'a /b', 'a/b.', '... '],
])('%j is unsafe on Windows alone', (path) => {
  expect(isUnsafe(path, true)).toBe(true);
  expect(isUnsafe(path, false)).toBe(false);
});

test.each([
  'a',
  'a/b.txt',
  '.git/config',
  '...x/y',
  'console.log',
  'com10',
  'nul1',
  'auxiliary/prnt',
  'große Datei – ünïcode.txt',
  'a b/c d',
])('%j is safe everywhere', (path) => {
  expect(isUnsafe(path, true)).toBe(false);
  expect(safePath(places, path)).toBe(`/target/${path}`);
});

test('names for notes of the restore itself are refused at the root, in whatever letters', () => {
  for (const path of ['.hubkeep-restore-x.json', '.HUBKEEP-restore-X.0-1.part', '.hubkeep-restore-x.links/below']) {
    expect(() => safePath(places, path)).toThrow(expect.objectContaining({ code: 'restore.unsafe-path' }));
  }
  expect(safePath(places, 'below/.hubkeep-restore-x.json')).toBe('/target/below/.hubkeep-restore-x.json');
  expect(safePath(places, '.hubkeep-restore-y.json')).toBe('/target/.hubkeep-restore-y.json');
});

test('a name that is not UTF-8 keeps its bytes', () => {
  expect(safePath(places, 'a/\udcff')).toEqual(Buffer.from([...Buffer.from('/target/a/'), 0xff]));
});
