import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import type { BlobStore } from '../../src/ports/blob-store';
import type { RecoveryPoint } from '../../src/contracts/recovery-point';
import { createRecoveryPoints } from '../../src/repository/recovery-points';
import { compressFrame, decompressFrames } from '../../src/repository/zstd';
import { openStage, type Stage } from '../cli/stage';
import { collect } from '../support/collect';
import { createMemoryBlobStore } from '../support/memory-blob-store';
import { verifyAt } from '../support/verifier';

interface Kept {
  readonly key: string;
  readonly content: Buffer;
  readonly sha256: string | undefined;
}

let stage: Stage;
let kept: Kept[];
let first: RecoveryPoint;
let second: RecoveryPoint;

beforeAll(async () => {
  stage = await openStage();
  // Content that no compression makes small: something to cut off and to flip bits in.
  const noise = Buffer.concat(Array.from({ length: 100_000 }, (_, i) => createHash('sha256').update(`${i}`).digest()));
  for (let part = 0; part < 8; part++)
    writeFileSync(join(stage.share, `noise-${part}`), noise.subarray(part * 400_000, (part + 1) * 400_000));
  await stage.hubkeep('backup');
  appendFileSync(join(stage.share, 'site0/wwwroot/web.config'), 'changed');
  rmSync(join(stage.share, 'site1/nothing.txt'));
  await stage.hubkeep('backup');
  const source = stage.store();
  kept = [];
  for (const { key, sha256 } of await collect(source.list('')))
    kept.push({ key, sha256, content: (await source.read(key)).content });
  const points = createRecoveryPoints(source);
  [second, first] = (await collect(points.newestFirst())).map(({ point }) => point) as [RecoveryPoint, RecoveryPoint];
});
afterAll(() => stage.close());

/** The repository as it was, in a store of its own. */
async function copy(): Promise<BlobStore> {
  const store = createMemoryBlobStore();
  for (const { key, content, sha256 } of kept) await store.put(key, content, sha256 === undefined ? {} : { sha256 });
  return store;
}

const check = (store: BlobStore, target = 'all', deep = false) => verifyAt(store, target, deep ? 1 : 0);

/** Changes a blob's bytes and keeps what the store knows of it. */
async function change(store: BlobStore, key: string, edit: (content: Buffer) => Buffer) {
  const { sha256 } = await store.stat(key);
  await store.put(key, edit((await store.read(key)).content), sha256 === undefined ? {} : { sha256 });
}

const codes = ({ findings }: Awaited<ReturnType<typeof check>>) => findings.map(({ code }) => code);
const shareOf = ({ fileshare }: RecoveryPoint) => {
  if (fileshare?.status !== 'succeeded') throw new Error('the point has no share');
  return fileshare;
};
const largestPack = () =>
  kept.filter(({ key }) => key.startsWith(`packs/${first.id}/`)).sort((a, b) => b.content.length - a.content.length)[0]!.key;

test('finds nothing where nothing is wrong, and reads shared blobs once', async () => {
  const store = await copy();
  const reads: string[] = [];
  const counting = { ...store, stream: (key: string) => (reads.push(key), store.stream(key)) };
  const deep = await check(counting, 'all', true);
  expect(deep).toMatchObject({ points: [second.id, first.id], deep: true, findings: [] });
  expect(new Set(reads).size).toBe(reads.length);
  expect(reads.filter((key) => key.startsWith('packs/')).length).toBeGreaterThan(2);
  expect(await check(store, 'latest')).toMatchObject({ points: [second.id], findings: [] });
  expect(await check(store, first.id)).toMatchObject({ points: [first.id], findings: [] });
});

test('what a dead run left is nothing to complain about', async () => {
  const store = await copy();
  const dead = '20300101T000000Z-dead';
  await store.put(
    'chain/00000003.json',
    Buffer.from(JSON.stringify({ sequence: 3, id: dead, sha256: '0'.repeat(64), previous: null })),
  );
  await store.put(`packs/${dead}/half.tar.zst`, Buffer.from('not a pack'));
  await store.put(`recovery-points/${dead}/recovery-point.json.sha256`, Buffer.from('0'.repeat(64)));
  expect(await check(store, 'all', true)).toMatchObject({ findings: [] });
});

test('a deleted pack names the files and the points that go with it', async () => {
  const store = await copy();
  const pack = largestPack();
  await store.remove(pack);
  const { findings } = await check(store);
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({ code: 'blob.missing', blob: pack, points: expect.arrayContaining([first.id, second.id]) });
  expect(findings[0]!.files!.length).toBe(Math.min(20, findings[0]!.filesHit!));
  expect(findings[0]!.filesHit).toBeGreaterThan(0);
});

test('a truncated pack is seen without reading it', async () => {
  const store = await copy();
  const pack = largestPack();
  await change(store, pack, (content) => content.subarray(0, -1000));
  expect((await check(store)).findings).toMatchObject([{ code: 'blob.size', blob: pack }]);
});

test('a flipped bit is found by reading, and only the files of its frame are lost', async () => {
  const store = await copy();
  const pack = largestPack();
  await change(store, pack, (content) => {
    const flipped = Buffer.from(content);
    const at = Math.floor(content.length / 2);
    flipped[at] = flipped[at]! ^ 1;
    return flipped;
  });
  expect(codes(await check(store))).toEqual([]);
  const { findings } = await check(store, 'all', true);
  expect(findings).toMatchObject([{ code: 'blob.changed', blob: pack }]);
  const whole = await copy();
  await whole.remove(pack);
  const all = (await check(whole)).findings[0]!.filesHit!;
  expect(findings[0]!.filesHit).toBeGreaterThan(0);
  expect(findings[0]!.filesHit).toBeLessThan(all);
});

test('a pack that was replaced by another is told by the hash it was stored with', async () => {
  const store = await copy();
  const pack = largestPack();
  const { size } = await store.stat(pack);
  await store.put(pack, Buffer.alloc(size), { sha256: 'f'.repeat(64) });
  expect(codes(await check(store))).toEqual(['blob.hash']);
});

test('a record that was changed is not the one in the chain', async () => {
  const store = await copy();
  const key = `recovery-points/${first.id}/recovery-point.json`;
  await change(store, key, (content) => Buffer.from(content.toString().replace('"stamp": "stamp"', '"stamp": "other"')));
  expect(codes(await check(store)).sort()).toEqual(['record.changed', 'record.digest']);
  const { content } = await store.read(key);
  await store.put(`${key}.sha256`, Buffer.from(`${createHash('sha256').update(content).digest('hex')}  recovery-point.json\n`));
  const { findings, points } = await check(store);
  expect(findings).toMatchObject([{ code: 'record.changed', blob: key, points: [first.id] }]);
  expect(points).toEqual([second.id]);
});

test('a record that a later one builds upon cannot vanish unseen', async () => {
  const store = await copy();
  await store.remove(`recovery-points/${first.id}/recovery-point.json`);
  expect((await check(store)).findings).toMatchObject([{ code: 'record.missing', points: [first.id] }]);
});

test('the newest record cannot vanish unseen either: its run says that it was committed', async () => {
  const store = await copy();
  await store.remove(`recovery-points/${second.id}/recovery-point.json`);
  expect((await check(store)).findings).toMatchObject([{ code: 'record.missing', points: [second.id] }]);
});

test('links that are gone, damaged or forged are found', async () => {
  const gone = await copy();
  await gone.remove('chain/00000001.json');
  expect(codes(await check(gone)).sort()).toEqual(['chain.broken', 'chain.gap']);
  const damaged = await copy();
  await damaged.put('chain/00000002.json', Buffer.from('{"sequence": 2'));
  expect(codes(await check(damaged)).sort()).toEqual(['chain.broken', 'chain.unreadable']);
  const forged = await copy();
  await change(forged, 'chain/00000002.json', (content) =>
    Buffer.from(JSON.stringify({ ...JSON.parse(content.toString()), previous: null })),
  );
  expect(codes(await check(forged))).toContain('chain.broken');
});

test('an index segment that is missing or changed is found without reading deeply', async () => {
  const [segment] = shareOf(second).segments;
  const missing = await copy();
  await missing.remove(segment!.key);
  expect((await check(missing)).findings).toMatchObject([{ code: 'blob.missing', blob: segment!.key, points: [second.id] }]);
  const changed = await copy();
  await change(changed, segment!.key, (content) => Buffer.from(content).fill(0, 20, 40));
  expect((await check(changed)).findings).toMatchObject([{ code: 'blob.changed', blob: segment!.key }]);
});

test('a list of packs or a content file that is missing is found', async () => {
  const store = await copy();
  await store.remove(shareOf(second).packs.key);
  await store.remove(shareOf(first).content[0]!.key);
  expect((await check(store)).findings.map(({ blob }) => blob).sort()).toEqual(
    [shareOf(first).content[0]!.key, shareOf(second).packs.key].sort(),
  );
});

test('a content file that was changed is found by reading', async () => {
  const store = await copy();
  const { key } = shareOf(second).content[0]!;
  await change(store, key, (content) => Buffer.from(content).fill(7, 0, 10));
  expect((await check(store, second.id, true)).findings).toMatchObject([
    { code: 'blob.changed', blob: key, points: [second.id] },
  ]);
});

/** Commits the second point anew with another segment: what a faulty writer would have left. */
async function withLines(edit: (lines: string[]) => string[]): Promise<BlobStore> {
  const store = await copy();
  const share = shareOf(second);
  const [segment] = share.segments;
  const lines = decompressFrames((await store.read(segment!.key)).content, 1e9)
    .toString()
    .trimEnd()
    .split('\n');
  const bytes = compressFrame(Buffer.from(`${edit(lines).join('\n')}\n`));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await store.put(segment!.key, bytes, { sha256 });
  const segments = [{ ...segment!, size: bytes.length, sha256 }, ...share.segments.slice(1)];
  const record = Buffer.from(JSON.stringify({ ...second, fileshare: { ...share, segments } }));
  const recordHash = createHash('sha256').update(record).digest('hex');
  await store.put(`recovery-points/${second.id}/recovery-point.json`, record);
  await store.put(`recovery-points/${second.id}/recovery-point.json.sha256`, Buffer.from(`${recordHash}  recovery-point.json\n`));
  await change(store, 'chain/00000002.json', (content) =>
    Buffer.from(JSON.stringify({ ...JSON.parse(content.toString()), sha256: recordHash })),
  );
  return store;
}

const firstFile = (lines: readonly string[]) => lines.findIndex((line) => line.includes('"extent"'));
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- entries are edited into what no type allows
const edited = (lines: readonly string[], edit: (entry: any) => unknown) =>
  lines.map((line, i) => (i === firstFile(lines) ? JSON.stringify(edit(JSON.parse(line))) : line));

test.each([
  ['lines out of order', 'index.order', (lines: string[]) => [lines[0]!, lines[2]!, lines[1]!, ...lines.slice(3)]],
  ['a line too few', 'index.order', (lines: string[]) => lines.filter((_, i) => i !== 3)],
  ['a line that is no entry', 'index.entry', (lines: string[]) => edited(lines, ({ hash: _hash, ...entry }) => entry)],
  ['a path that leaves the share', 'index.entry', (lines: string[]) => edited(lines, (entry) => ({ ...entry, path: '../out' }))],
  [
    'a pack that is not listed',
    'index.extent',
    (lines: string[]) => edited(lines, (entry) => ({ ...entry, extent: { ...entry.extent, pack: 'no/such' } })),
  ],
  [
    'an extent beyond its pack',
    'index.extent',
    (lines: string[]) => edited(lines, (entry) => ({ ...entry, extent: { ...entry.extent, length: 1e9 } })),
  ],
  [
    'other sizes than the record counts',
    'index.counts',
    (lines: string[]) => edited(lines, (entry) => ({ ...entry, size: entry.size + 1 })),
  ],
])('an index with %s is found', async (_what, code, edit) => {
  expect(codes(await check(await withLines(edit), 'latest'))).toEqual([code]);
});

test('the command tells of it, and its exit code too', async () => {
  const whole = await stage.hubkeep('verify', '--all', '--deep', '--json');
  expect([whole.code, whole.json()]).toEqual([0, expect.objectContaining({ points: [second.id, first.id], findings: [] })]);
  const store = stage.store();
  const pack = largestPack();
  const content = (await store.read(pack)).content;
  await store.remove(pack);
  const answer = await stage.hubkeep('verify');
  expect(answer.code).toBe(1);
  expect(answer.stdout).toContain(
    `blob.missing  ${pack}: is missing\n  recovery points: ${second.id}, ${first.id}\n  file lost: `,
  );
  expect(answer.stdout).toMatch(/\n1 found: 1 recovery point, /);
  await store.put(pack, content);
  expect((await stage.hubkeep('verify')).code).toBe(0);
});
