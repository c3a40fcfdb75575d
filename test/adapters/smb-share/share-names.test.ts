import { bytesToPath, isEscaped, pathToBytes, printablePath } from '../../../src/contracts/share-path';
import { toShareName, toWirePath } from '../../../src/adapters/smb-share/share-names';

const halves = ['\ud800', '\udbff', '\udc00', '\udcff', '\udfff'];

test.each(['plain.txt', 'é', 'e\u0301', '😀', '\ue000', '%41'])('%j stays as it is', (name) => {
  expect(toShareName(name)).toBe(name);
  expect(toWirePath(name)).toBe(name);
});

test.each(halves.flatMap((half) => [half, `a${half}b`, `${half}😀`, `😀${half}`, `${half}${half === '\ud800' ? 'x' : ''}`]))(
  '%j goes to a share path and back',
  (name) => {
    const path = toShareName(name);
    expect(isEscaped(path)).toBe(true);
    expect(bytesToPath(pathToBytes(path))).toBe(path);
    expect(toWirePath(`directory/${path}/file`)).toBe(`directory/${name}/file`);
  },
);

test('what is shown of a half is its bytes', () => {
  expect(printablePath(toShareName('a\ud800'))).toBe('a%ED%A0%80');
});
