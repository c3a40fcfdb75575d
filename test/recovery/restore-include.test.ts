import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileShareRecord, Segment } from '../../src/contracts/recovery-point';
import type { BlobStore } from '../../src/ports/blob-store';
import { type FileEntry, type IndexEntry, toLine } from '../../src/repository/index-entry';
import { layout } from '../../src/repository/layout';
import { compressFrame } from '../../src/repository/zstd';
import { createShareStage, type ShareStage } from '../fileshare/share-stage';
import { createCountingStore } from '../support/counting-reads';
import { contentOf, createPlaces, restore } from './restore-stage';

const places = createPlaces();
const mtime = '1700000000.000000000';
let stage: ShareStage;
let share: FileShareRecord;

/** An index of 100,000 files and a thousand directories in seven segments; all but a few have the content of another. */
beforeAll(async () => {
  stage = await createShareStage();
  stage.write('file.txt', 'the one that is wanted');
  stage.write('other.txt', 'what all others hold');
  const record = await stage.backUp();
  const wanted = (await stage.entry(record, 'file.txt')) as FileEntry;
  const other = (await stage.entry(record, 'other.txt')) as FileEntry;
  const entries: IndexEntry[] = [];
  for (let d = 0; d < 1_000; d++) {
    const directory = `site${String(d).padStart(4, '0')}`;
    entries.push({ path: directory, type: 'directory', mtime });
    for (let f = 0; f < 100; f++) entries.push({ ...other, path: `${directory}/file${String(f).padStart(3, '0')}` });
    if (d === 500) entries.push({ ...wanted, path: `${directory}/wanted.txt` });
  }
  share = { ...record, segments: await writeSegments(stage.store, entries) };
});
afterAll(() => {
  stage.dispose();
  places.dispose();
});

async function writeSegments(store: BlobStore, entries: readonly IndexEntry[]): Promise<Segment[]> {
  const segments: Segment[] = [];
  for (let at = 0; at < entries.length; at += 16_384) {
    const part = entries.slice(at, at + 16_384);
    const content = compressFrame(Buffer.from(part.map((entry) => `${toLine(entry).line}\n`).join('')));
    const key = layout.segment('20261122T020000Z-eeee', `s-${at}`);
    await store.put(key, content);
    const [first = '', last = ''] = [part[0]?.path, part.at(-1)?.path];
    segments.push({ key, size: content.length, sha256: hash('sha256', content, 'hex'), first, last, entries: part.length });
  }
  return segments;
}

test('one file of a hundred thousand takes one segment of the index and one range of a pack', async () => {
  const { store, of } = createCountingStore(stage.store);
  const target = places.fresh();
  const restored = await restore({ store, share, target, include: ['site0500/wanted.txt'] });
  expect(restored).toEqual({ files: 1, directories: 1, symlinks: 0, bytes: 22 });
  expect(readFileSync(join(target, 'site0500/wanted.txt'), 'utf8')).toBe('the one that is wanted');
  expect(of('index/')).toHaveLength(1);
  expect(of('packs/')).toEqual([{ key: expect.any(String), range: expect.anything() }]);
});

test('a list with one path takes as much', async () => {
  const { store, of } = createCountingStore(stage.store);
  const target = places.fresh();
  const restored = await restore({ store, share, target, paths: ['site0500/wanted.txt'] });
  expect(restored).toEqual({ files: 1, directories: 1, symlinks: 0, bytes: 22, notFound: [] });
  expect(readFileSync(join(target, 'site0500/wanted.txt'), 'utf8')).toBe('the one that is wanted');
  expect([of('index/').length, of('packs/').length]).toEqual([1, 1]);
});

test('a list of all hundred thousand brings each of them, and names what is not there', async () => {
  const names = Array.from({ length: 100_000 }, (_, i) => {
    const [directory, file] = [Math.floor(i / 100), i % 100].map(String);
    return `site${directory?.padStart(4, '0')}/file${file?.padStart(3, '0')}`;
  });
  const said = await restore({
    ...{ store: stage.store, share, target: places.fresh(), isPreview: true },
    paths: [...names, 'site0500/nowhere', 'zone'],
  });
  expect(said).toMatchObject({ files: 100_000, notFound: ['site0500/nowhere', 'zone'] });
});

test('a glob that begins with wildcards reads the whole index and no more of the packs', async () => {
  const { store, of } = createCountingStore(stage.store);
  const target = places.fresh();
  await restore({ store, share, target, include: ['**/wanted.txt'] });
  expect(contentOf(target)).toEqual({
    site0500: ['directory', 1_700_000_000_000],
    'site0500/wanted.txt': [expect.any(String), expect.any(Number)],
  });
  expect(of('index/')).toHaveLength(share.segments.length);
  expect(of('packs/')).toHaveLength(1);
});

test('what matches nothing reads nothing', async () => {
  const { store, of } = createCountingStore(stage.store);
  expect(await restore({ store, share, target: places.fresh(), include: ['zone/**'] })).toMatchObject({ files: 0 });
  expect(of('')).toEqual([]);
});
