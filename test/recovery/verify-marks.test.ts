import { createHash } from 'node:crypto';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HubkeepError } from '../../src/errors/hubkeep-error';
import type { BlobStore } from '../../src/ports/blob-store';
import { recordVerification } from '../../src/recovery/verify/record-verification';
import { layout } from '../../src/repository/layout';
import { isSuspect, standing } from '../../src/repository/marks';
import { createRecoveryPoints } from '../../src/repository/recovery-points';
import { storeLines } from '../../src/repository/stored-lines';
import { compressFrame } from '../../src/repository/zstd';
import { openStage, type Stage } from '../cli/stage';
import { collect } from '../support/collect';
import { createMemoryBlobStore } from '../support/memory-blob-store';
import { verifierOf, verifyAt } from '../support/verifier';
import { createVirtualClock } from '../support/virtual-clock';

let stage: Stage;
let first: string;
let second: string;
beforeAll(async () => {
  stage = await openStage();
  const noise = Buffer.concat(Array.from({ length: 50_000 }, (_, i) => createHash('sha256').update(`${i}`).digest()));
  for (let part = 0; part < 6; part++) {
    writeFileSync(join(stage.share, `noise-${part}`), noise.subarray(part * 200_000, (part + 1) * 200_000));
    await stage.hubkeep('backup');
  }
  appendFileSync(join(stage.share, 'site0/wwwroot/web.config'), 'changed');
  await stage.hubkeep('backup');
  const ids = (await stage.hubkeep('list', '--json')).json().map(({ id }: { id: string }) => id);
  [first, second] = [ids.at(-2), ids.at(-1)];
});
afterAll(() => stage.close());

async function copy(): Promise<BlobStore> {
  const [source, store] = [stage.store(), createMemoryBlobStore()];
  for (const { key, sha256 } of await collect(source.list('')))
    await store.put(key, (await source.read(key)).content, sha256 === undefined ? {} : { sha256 });
  return store;
}

async function packOf(store: BlobStore): Promise<string> {
  const packs = (await collect(store.list('packs/'))).sort((a, b) => b.size - a.size);
  return packs[0]!.key;
}

async function spoil(store: BlobStore, key: string): Promise<() => Promise<unknown>> {
  const { content } = await store.read(key);
  const { sha256 } = await store.stat(key);
  const options = sha256 === undefined ? {} : { sha256 };
  const spoilt = Buffer.from(content);
  spoilt[spoilt.length >> 1]! ^= 1;
  await store.put(key, spoilt, options);
  return () => store.put(key, content, options);
}

async function verifyAndMark(store: BlobStore, target: string, share: number) {
  const verification = await verifyAt(store, target, share);
  const points = createRecoveryPoints(store);
  await recordVerification(points, verification, new Date());
  return { ...verification, marks: await points.marks(verification.points[0]!) };
}

describe('marks', () => {
  test('a sound point is marked as verified, with how closely it was looked at', async () => {
    const { marks } = await verifyAndMark(await copy(), 'latest', 0);
    expect(marks).toMatchObject([{ kind: 'verified', deep: false, findings: 0 }]);
  });

  test('damage makes all points suspect that need the blob, until it is read again and found whole', async () => {
    const store = await copy();
    const points = createRecoveryPoints(store);
    const mend = await spoil(store, await packOf(store));
    const found = await verifyAndMark(store, first, 1);
    expect(found.findings).toMatchObject([{ code: 'blob.changed', points: expect.arrayContaining([first, second]) }]);
    expect(found.marks.find(({ kind }) => kind === 'suspect')?.reason).toContain('holds other bytes than were stored');
    expect(isSuspect(await points.marks(second))).toBe(true);
    await expect(points.latest()).rejects.toMatchObject({
      code: 'point.not-found',
      message: 'every recovery point is marked suspect',
      hint: expect.stringContaining(second),
    });

    await mend();
    const shallow = await verifyAndMark(store, second, 0);
    expect(isSuspect(shallow.marks)).toBe(true);
    const deep = await verifyAndMark(store, second, 1);
    expect(isSuspect(deep.marks)).toBe(false);
    expect(standing(deep.marks)).toEqual(['verified']);
    expect((await points.latest()).point.id).toBe(second);
  });

  test('a suspicion of anybody else is not taken back', async () => {
    const store = await copy();
    const at = '2026-01-01T00:00:00.000Z';
    await createRecoveryPoints(store).mark(second, { kind: 'suspect', at, by: 'guard', reason: 'half of the files are gone' });
    const { marks } = await verifyAndMark(store, second, 1);
    expect(isSuspect(marks)).toBe(true);
  });

  test('a lost copy of the digest makes nothing suspect and costs no point', async () => {
    const store = await copy();
    await store.put(layout.pointDigest(second), Buffer.from('spoilt'));
    const { findings, marks } = await verifyAndMark(store, second, 0);
    expect(findings).toMatchObject([{ code: 'record.digest' }]);
    expect(isSuspect(marks)).toBe(false);
    expect((await createRecoveryPoints(store).read(second)).point.id).toBe(second);
  });

  test('a suspicion whose text is damaged goes with a verification that reads all; what is no mark is passed over', async () => {
    const store = await copy();
    const points = createRecoveryPoints(store);
    await store.put(`${layout.marks(second)}20261126T010203Z-suspect.json`, Buffer.from('garbage'));
    await store.put(`${layout.marks(second)}odd.txt`, Buffer.from('odd'));
    expect((await points.latest()).point.id).toBe(first);
    const { marks } = await verifyAndMark(store, second, 1);
    expect(isSuspect(marks)).toBe(false);
  });

  test('a mark whose text is damaged still says by its name what it is', async () => {
    const store = await copy();
    const points = createRecoveryPoints(store);
    const fact = { kind: 'suspect', at: '2026-11-26T01:02:03.000Z' };
    await points.mark(second, fact);
    const { sha256 = '' } = await store.stat(layout.mark(second, fact));
    await store.put(layout.mark(second, fact), Buffer.from('{'), { sha256 });
    expect(await points.marks(second)).toMatchObject([{ kind: 'suspect', at: '2026-11-26T01:02:03.000Z' }]);
    expect((await points.latest()).point.id).toBe(first);
    expect((await verifyAt(store, second, 0)).findings).toMatchObject([{ code: 'mark.changed', points: [second] }]);
  });
});

describe('a sample', () => {
  test('of a quarter has read all after four verifications, and then begins with what is oldest', async () => {
    const store = await copy();
    const seen: string[][] = [];
    for (let round = 0; round < 5; round++) {
      const read: string[] = [];
      const counting = { ...store, stream: (key: string) => (read.push(key), store.stream(key)) };
      const { coverage, sample, deep } = await verifyAt(counting, 'all', 0.25);
      expect({ sample, deep }).toEqual({ sample: 0.25, deep: true });
      expect(coverage?.runsLeft).toBeLessThanOrEqual(Math.max(0, 3 - round));
      seen.push(read);
    }
    const whole: string[] = [];
    await verifyAt({ ...store, stream: (key: string) => (whole.push(key), store.stream(key)) }, 'all', 1);
    expect([...new Set(seen.slice(0, 4).flat())].sort()).toEqual(whole.sort());
    // None is read a second time before all were read once.
    expect(new Set(seen.flat().slice(0, whole.length)).size).toBe(whole.length);
  });

  test('times that are yet to come, and lines that are none, keep nothing from being read', async () => {
    const store = await copy();
    const pack = await packOf(store);
    await spoil(store, pack);
    const keys = (await collect(store.list(''))).map(({ key }) => key);
    await storeLines(
      store,
      layout.readLedger,
      keys.map((key) => ({ key, at: '2099-01-01T00:00:00.000Z' })),
    );
    expect((await verifyAt(store, 'all', 1)).findings).toMatchObject([{ code: 'blob.changed', blob: pack }]);
    await store.put(layout.readLedger, compressFrame(Buffer.from('{"key":"x","at":"never"}\n')));
    expect((await verifyAt(store, 'all', 1)).findings).toMatchObject([{ code: 'blob.changed', blob: pack }]);
  });

  test('what is damaged does not count as read', async () => {
    const store = await copy();
    const pack = await packOf(store);
    await spoil(store, pack);
    const { coverage } = await verifyAt(store, 'all', 1);
    const { size } = await store.stat(pack);
    expect(coverage).toMatchObject({ coveredBytes: coverage!.bytes - size });
  });

  test('where nothing may be written all is read all the same, and nothing is said of what was covered', async () => {
    const store = await copy();
    const denied = () => Promise.reject(new HubkeepError('store.unauthorized', 'may only read'));
    const readOnly = { ...store, put: denied, putLarge: denied };
    const verifier = verifierOf(readOnly, { boxMs: 0 });
    const { coverage, findings, bytesRead } = await verifier.verify({ target: 'all', share: 1, since: new Date().toISOString() });
    expect({ coverage, findings }).toEqual({ coverage: null, findings: [] });
    expect(bytesRead).toBe((await verifyAt(store, 'all', 1)).bytesRead);
  });

  test('reads on in a next box where the time of one is up, and forgets no finding', async () => {
    const store = await copy();
    await spoil(store, await packOf(store));
    const clock = createVirtualClock();
    const verifier = verifierOf(store, { clock, boxMs: 0 });
    const request = { target: 'all', share: 1, since: clock.now().toISOString() };
    let boxes = 0;
    let read = { problems: [] as never[], bytesRead: 0, isNoted: true };
    for (let isLast = false; !isLast; boxes++) {
      const box = await verifier.box(request, read);
      read = { ...box, problems: [...read.problems, ...box.problems] as never[], bytesRead: read.bytesRead + box.bytesRead };
      ({ isLast } = box);
    }
    expect(boxes).toBeGreaterThan(1);
    const { findings, bytesRead } = await verifier.finish(request, read);
    expect(findings).toMatchObject([{ code: 'blob.changed' }]);
    expect(bytesRead).toBe((await verifyAt(store, 'all', 1)).bytesRead);
  });
});
