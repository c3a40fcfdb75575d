import { planStripes } from '../../src/databases/plan-stripes';

const gib = 1024 ** 3;
const tib = 1024 * gib;

test.each([
  ['disk', undefined, 1],
  ['disk', 0, 1],
  ['disk', 64 * gib, 1],
  ['disk', 65 * gib, 2],
  ['disk', 20 * tib, 8],
  ['url', undefined, 1],
  ['url', 0, 1],
  ['url', 128 * gib, 1],
  ['url', 129 * gib, 2],
  ['url', 6 * tib, 48],
  ['url', 100 * tib, 64],
] as const)('a backup to %s of a database of %s bytes has %i stripes unless told', (kind, bytes, stripes) => {
  expect(planStripes({ kind, bytes, wanted: undefined })).toBe(stripes);
});

test('what is wanted counts, whatever the size', () => {
  expect(planStripes({ kind: 'disk', bytes: 20 * tib, wanted: 1 })).toBe(1);
  expect(planStripes({ kind: 'disk', bytes: 1, wanted: 64 })).toBe(64);
  expect(planStripes({ kind: 'url', bytes: undefined, wanted: 3 })).toBe(3);
});

test('blobs get as many stripes as their 50,000 blocks of 4 MiB ask for, even when fewer are wanted', () => {
  const blobLimit = 50_000 * 4 * 1024 * 1024;
  for (const bytes of [1, blobLimit - 1, blobLimit, blobLimit + 1, 10 * blobLimit, 40 * blobLimit]) {
    const stripes = planStripes({ kind: 'url', bytes, wanted: 1 });
    expect(bytes / stripes).toBeLessThanOrEqual(0.7 * blobLimit);
  }
});
