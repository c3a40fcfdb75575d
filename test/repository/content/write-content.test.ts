import { crc32, zstdDecompressSync } from 'node:zlib';
import { createContentTable } from '../../../src/repository/content-table';
import { pagesOf } from '../../../src/repository/content/sorted-contents';
import { writeContent } from '../../../src/repository/content/write-content';
import { createMemoryBlobStore } from '../../support/memory-blob-store';
import { someContents, writeFile } from './support';

const MiB = 1024 * 1024;

/** Reads a content file by docs/storage-format.md section 8 and nothing else. */
function readByTheBook(file: Buffer) {
  const footer = file.subarray(-40);
  expect(footer.toString('latin1', 36)).toBe('HKC2');
  expect(footer.readUInt32LE(32)).toBe(crc32(footer.subarray(0, 32)));
  const records = Number(footer.readBigUInt64LE(0));
  const namesBytes = Number(footer.readBigUInt64LE(8));
  const [packs, large, filterSize, tailCrc] = [16, 20, 24, 28].map((at) => footer.readUInt32LE(at)) as [
    number,
    number,
    number,
    number,
  ];
  let at = 0;
  const take = (length: number) => file.subarray(at, (at += length));

  const pages: Buffer[] = [];
  for (let left = records; left > 0; left -= 256) {
    const page = take(64 * Math.min(left, 256));
    expect(take(4).readUInt32LE()).toBe(crc32(page));
    pages.push(page);
  }
  const frames = take(namesBytes);
  const tail = file.subarray(at, -40);
  expect(tailCrc).toBe(crc32(tail));
  const filters = pages.map(() => take(filterSize));
  const directory = pages.map(() => take(4).readUInt32LE());
  const lengths = Array.from({ length: Math.ceil(packs / 256) }, () => take(4).readUInt32LE());
  const sizes = Array.from({ length: large }, () => Number(take(8).readBigUInt64LE()));
  expect(at).toBe(file.length - 40);

  let start = 0;
  const names = lengths.flatMap((length) => {
    const frame = zstdDecompressSync(frames.subarray(start, (start += length))).toString();
    return frame.split('\n').slice(0, -1);
  });
  expect(names).toHaveLength(packs);
  let notInFilter = 0;
  const entries = pages.flatMap((page, number) => {
    expect(directory[number]).toBe(page.readUInt32BE(0));
    return Array.from({ length: page.length / 64 }, (_, n) => {
      const record = page.subarray(64 * n, 64 * n + 64);
      for (let byte = 20; byte < 32; byte += 2) {
        const bit = Math.floor((record.readUInt16LE(byte) * 3) / 64) % (filterSize * 8);
        if ((filters[number]![Math.floor(bit / 8)]! & (1 << (bit % 8))) === 0) notInFilter += 1;
      }
      const [offset, length, size] = [40, 48, 56].map((field) => Number(record.readBigUInt64LE(field)));
      const extent = { pack: names[record.readUInt32LE(32)], offset, length, skip: record.readUInt32LE(36) };
      return { hash: record.toString('hex', 0, 32), size, extent };
    });
  });
  expect(notInFilter).toBe(0);
  return { entries, sizes };
}

test.each([[0], [1], [256], [2000], [20_000]])('a file of %d contents reads as the format page says', async (count) => {
  const store = createMemoryBlobStore();
  const contents = someContents(count, 'run').map((content, n) =>
    n % 100 === 0 ? { ...content, size: (16 + (n % 7)) * MiB } : content,
  );
  const { key } = await writeFile(store, 'content/a.bin', contents);
  const { entries, sizes } = readByTheBook((await store.read(key)).content);
  const expected = contents.map(({ hash, size, extent }) => ({ hash: hash.toString('hex'), size, extent }));
  expect(entries).toEqual(expected.sort((a, b) => (a.hash < b.hash ? -1 : 1)));
  expect(sizes).toEqual([...new Set(contents.map(({ size }) => size).filter((size) => size >= 16 * MiB))].sort((a, b) => a - b));
});

test('what an activity kept in its table is stored as it is, but for what never got its place', async () => {
  const store = createMemoryBlobStore();
  const table = createContentTable();
  const contents = someContents(3000, 'run');
  const packs = [...new Set(contents.map(({ extent }) => extent.pack))];
  for (const { hash, size, extent } of contents) {
    const entry = table.add({ hash, size, skip: extent.skip, pathBytes: Buffer.from('a/b') });
    if (size % 10 > 0) table.place(entry, { pack: packs.indexOf(extent.pack), offset: extent.offset, length: extent.length });
  }
  await writeContent(store, 'content/a.bin', pagesOf({ count: table.count(), packs, entries: table.inOrder() }));
  const { entries } = readByTheBook((await store.read('content/a.bin')).content);
  const expected = contents
    .filter(({ size }) => size % 10 > 0)
    .map(({ hash, size, extent }) => ({ hash: hash.toString('hex'), size, extent }));
  expect(entries).toEqual(expected.sort((a, b) => (a.hash < b.hash ? -1 : 1)));
});
