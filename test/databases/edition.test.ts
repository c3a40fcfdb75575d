import { canCompress, transferSizes } from '../../src/databases/edition';

test.each([
  ['Enterprise Edition (64-bit)', '16.0.4125.3', true],
  ['Enterprise Edition: Core-based Licensing (64-bit)', '10.0.5500.0', true],
  ['Developer Edition (64-bit)', '15.0.2000.5', true],
  ['Standard Edition (64-bit)', '16.0.4125.3', true],
  ['Standard Edition (64-bit)', '10.50.1600.1', true],
  ['Standard Edition (64-bit)', '10.0.5500.0', false],
  ['Enterprise Edition', '9.0.5000.0', false],
  ['Express Edition with Advanced Services (64-bit)', '16.0.4125.3', false],
  ['Web Edition (64-bit)', '16.0.4125.3', false],
])('%s of version %s compresses backups: %s', (edition, version, expected) => {
  expect(canCompress({ edition, version })).toBe(expected);
});

const encrypted = { kind: 'disk', compression: true, encrypted: true, version: '15.0.4033.1' } as const;

test('an encrypted database is compressed by transfers above 64 KiB until SQL Server 2019 CU5', () => {
  expect(transferSizes(encrypted).maxTransferSize).toBeGreaterThan(65536);
  expect(transferSizes({ ...encrypted, version: '13.0.5026.0' }).maxTransferSize).toBeGreaterThan(65536);
  expect(transferSizes({ ...encrypted, version: '15.0.4043.16' })).toEqual({});
  expect(transferSizes({ ...encrypted, version: '16.0.1000.6' })).toEqual({});
  expect(transferSizes({ ...encrypted, compression: false })).toEqual({});
  expect(transferSizes({ ...encrypted, encrypted: false })).toEqual({});
});

test('blobs take the largest transfers there are, in blocks of 64 KiB', () => {
  const sizes = { maxTransferSize: 4 * 1024 * 1024, blockSize: 65536 };
  expect(transferSizes({ ...encrypted, kind: 'url' })).toEqual(sizes);
  expect(transferSizes({ kind: 'url', compression: false, encrypted: false, version: '17.0.1000.7' })).toEqual(sizes);
});
